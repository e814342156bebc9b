"""Traditional Chinese, read as simplified: character for character, so that every position stays where it was.

The grammar's words are written once, in simplified characters. Only the characters are here of which people make questions about
messages; what is shown again of somebody's words comes from the text as typed (`as_typed`).
"""

from __future__ import annotations

import re

from bot.grammar.cursor import HAN

_HAN = re.compile(f"[{HAN}]+")
_PAIRS = (
    "兩两 個个 們们 來来 倆俩 僅仅 從从 價价 優优 會会 傳传 傷伤 備备 儲储 兒儿 內内 冊册 凍冻 別别 剛刚 創创 劃划 動动 務务 "
    "勝胜 勞劳 區区 "
    "卻却 厭厌 參参 呂吕 員员 問问 啟启 單单 嗎吗 嘗尝 嚐尝 國国 圖图 圍围 園园 圓圆 團团 報报 場场 塊块 壞坏 壓压 墊垫 夠够 "
    "奪夺 奮奋 媽妈 "
    "實实 審审 寫写 寬宽 將将 專专 尋寻 對对 導导 屆届 層层 屬属 師师 帳帐 帶带 幣币 幫帮 幾几 庫库 廠厂 廢废 廣广 張张 強强 "
    "彈弹 後后 徑径 "
    "復复 應应 總总 態态 慣惯 憑凭 懷怀 戶户 執执 擊击 擔担 據据 擋挡 擴扩 擾扰 擁拥 攔拦 攜携 攝摄 敗败 數数 斷断 於于 時时 "
    "曉晓 書书 條条 "
    "業业 極极 標标 樣样 樓楼 機机 檔档 檢检 欄栏 權权 歲岁 歸归 殺杀 殼壳 氣气 決决 沒没 況况 測测 準准 滿满 漲涨 漢汉 潔洁 "
    "濟济 濾滤 灣湾 "
    "災灾 為为 無无 煩烦 熱热 爾尔 狀状 獨独 獎奖 獲获 現现 瑣琐 環环 產产 畢毕 異异 當当 發发 盡尽 監监 盤盘 確确 碼码 禮礼 "
    "稱称 種种 穩稳 "
    "積积 簡简 簽签 籤签 糾纠 紀纪 約约 級级 納纳 紙纸 紛纷 細细 終终 組组 結结 絕绝 絡络 給给 統统 經经 綁绑 維维 綱纲 網网 "
    "緊紧 線线 締缔 "
    "編编 緩缓 練练 縣县 縮缩 績绩 繼继 續续 罰罚 聯联 職职 聽听 聲声 脫脱 臉脸 舉举 舊旧 號号 處处 術术 衛卫 裝装 製制 複复 "
    "規规 視视 覺觉 "
    "觀观 計计 訂订 訊讯 討讨 訓训 託托 記记 許许 設设 訪访 診诊 註注 證证 評评 詞词 詢询 試试 話话 該该 詳详 誤误 說说 誰谁 "
    "課课 調调 請请 "
    "論论 講讲 謝谢 識识 議议 護护 讀读 變变 讓让 貝贝 負负 財财 貨货 責责 貴贵 買买 費费 資资 賣卖 質质 賬账 贈赠 賽赛 趕赶 "
    "跡迹 軟软 較较 "
    "載载 輕轻 輸输 轉转 迴回 這这 連连 週周 進进 過过 運运 達达 違违 遞递 遠远 適适 遲迟 選选 遺遗 還还 邊边 郵邮 釋释 銀银 "
    "錄录 錢钱 錯错 "
    "鎖锁 鏈链 鍵键 長长 門门 閉闭 開开 間间 關关 闆板 陣阵 陰阴 際际 險险 隊队 階阶 隨随 隱隐 離离 雲云 電电 靈灵 靜静 響响 "
    "頁页 項项 順顺 "
    "須须 預预 頓顿 頻频 題题 額额 類类 願愿 顯显 風风 飛飞 飯饭 餘余 驗验 騰腾 驚惊 髮发 黃黄 點点 齊齐 齡龄 麼么 裡里 裏里 "
    "鐘钟 鍾钟 臺台 "
    "訴诉 礙碍 擇择 閱阅 惱恼 姊姐 雖虽 惡恶 係系 "
)
_TABLE = str.maketrans({pair[0]: pair[1] for pair in _PAIRS.split()})


def simplify(text: str) -> str:
    """`text` in simplified characters, of the same length."""
    return text.translate(_TABLE)


def as_typed(words: str, text: str) -> str:
    """`words`, which were read in `simplify(text)`, with the characters that `text` has for them."""
    simple = simplify(text)

    def typed(run: re.Match[str]) -> str:
        at = simple.find(run[0])
        return run[0] if at < 0 else text[at : at + len(run[0])]

    return words if simple == text else _HAN.sub(typed, words)
