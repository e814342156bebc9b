"""Traditional Chinese characters to simplified ones: those of this field's words, no dictionary."""

from __future__ import annotations

_TRADITIONAL = (
    "號碼簽關機單訂訴驗證電話發頻內攔審報備攜轉網訊無遊營運異錯誤業務帳賬餘額費權時間過長連線鏈廣銷詐騙釣"
    "魚資達顯個來應請數據庫檔國際區這沒為麼狀態滿儲記錄處絕戶誰還給從開啟閉壞擁嘗試設寫幾歐聯測鑰類實規範"
    "觸遲緩認該們讓將對詞軟體換隊陸灣"
)
_SIMPLIFIED = (
    "号码签关机单订诉验证电话发频内拦审报备携转网讯无游营运异错误业务账账余额费权时间过长连线链广销诈骗钓"
    "鱼资达显个来应请数据库档国际区这没为么状态满储记录处绝户谁还给从开启闭坏拥尝试设写几欧联测钥类实规范"
    "触迟缓认该们让将对词软体换队陆湾"
)
_TABLE = str.maketrans(_TRADITIONAL, _SIMPLIFIED)


def as_data() -> tuple[str, str]:
    """The traditional characters, and those that replace them, in the same order."""
    return _TRADITIONAL, _SIMPLIFIED


def to_simplified(text: str) -> str:
    """`text` with the known traditional characters replaced."""
    return text.translate(_TABLE)
