"""What Tencent's STS and CAM tell of a key, as strictly as their pages say.

https://cloud.tencent.com/document/api/598/67728 (ListAttachedUserAllPolicies, 2019-01-16); the others as in
https://github.com/TencentCloud/tencentcloud-sdk-python.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bot.sandbox.providers.wire import ApiRefusal

if TYPE_CHECKING:
    from bot.sandbox.providers.policies import KeyOwner
    from bot.sandbox.providers.wire import ApiRequest

SERVICES = {"sts": "2018-08-13", "cam": "2019-01-16"}
OWNER_UIN, USER_UIN = "100000000001", "100000000002"
_MOST_A_PAGE = 200


def about_key(asked: ApiRequest, service: str, owner: KeyOwner) -> dict[str, Any]:
    """The response. Raises ApiRefusal."""
    if asked.headers["x-tc-version"] != SERVICES[service]:
        raise ApiRefusal("NoSuchVersion", f"The specified version `{asked.headers['x-tc-version']}` is invalid or not found.")
    try:
        params = json.loads(asked.body)
    except ValueError:
        raise ApiRefusal("InvalidParameter", "The request body is not JSON.") from None
    match service, asked.action:
        case "sts", "GetCallerIdentity":
            return _identity(owner)
        case "cam", "ListAttachedUserAllPolicies":
            _check_allowed(owner, asked.action)
            return _policies(params, owner)
        case "cam", "GetPolicy":
            _check_allowed(owner, asked.action)
            return _policy(params, owner)
        case _:
            raise ApiRefusal("InvalidAction", f"The request action=`{asked.action}` is invalid or not found.")


def _identity(owner: KeyOwner) -> dict[str, Any]:
    user = OWNER_UIN if owner.is_root else USER_UIN
    arn = f"qcs::cam::uin/{OWNER_UIN}:root" if owner.is_root else f"qcs::cam::uin/{OWNER_UIN}:uin/{USER_UIN}"
    return {"Arn": arn, "AccountId": OWNER_UIN, "UserId": user, "PrincipalId": user, "Type": "CAMUser"}


def _check_allowed(owner: KeyOwner, action: str) -> None:
    if not (owner.is_root or owner.reads_policies):
        raise ApiRefusal("AuthFailure.UnauthorizedOperation", f"you are not authorized to perform operation (cam:{action})")


def _policies(params: dict[str, Any], owner: KeyOwner) -> dict[str, Any]:
    for name in ("TargetUin", "Rp", "Page", "AttachType"):
        if not isinstance(params.get(name), int):
            raise ApiRefusal("MissingParameter", f"The request is missing a required parameter `{name}`.")
    if str(params["TargetUin"]) != USER_UIN:
        raise ApiRefusal("ResourceNotFound.UserNotExist", "The user does not exist.")
    if not 0 < params["Rp"] <= _MOST_A_PAGE:
        raise ApiRefusal("InvalidParameter.ParamError", "Rp is out of range.")
    listed = [
        {"PolicyId": str(number), "PolicyName": name, "StrategyType": "2" if document is None else "1"}
        for number, (name, document) in enumerate((*owner.policies, *owner.of_group), start=1)
    ]
    return {"PolicyList": listed, "TotalNum": len(listed)}


def _policy(params: dict[str, Any], owner: KeyOwner) -> dict[str, Any]:
    there = (*owner.policies, *owner.of_group)
    number = params.get("PolicyId")
    if not isinstance(number, int) or not 0 < number <= len(there):
        raise ApiRefusal("InvalidParameter.PolicyIdNotExist", "The policy does not exist.")
    name, document = there[number - 1]
    return {"PolicyName": name, "PolicyDocument": document or "{}"}
