"""What Alibaba's STS and RAM tell of an access key, as strictly as their pages say.

https://help.aliyun.com/document_detail/43767.html (GetCallerIdentity, 2015-04-01); of RAM, 2015-05-01:
https://www.alibabacloud.com/help/en/ram/developer-reference/api-ram-2015-05-01-listpoliciesforuser and the pages beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.sandbox.providers.wire import ApiRefusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.sandbox.providers.policies import KeyOwner

ACTIONS = {
    "GetCallerIdentity": "2015-04-01",
    **dict.fromkeys(("ListPoliciesForUser", "ListGroupsForUser", "ListPoliciesForGroup", "GetPolicy"), "2015-05-01"),
}
_REQUIRED = {
    "ListPoliciesForUser": ("UserName",),
    "ListGroupsForUser": ("UserName",),
    "ListPoliciesForGroup": ("GroupName",),
    "GetPolicy": ("PolicyName", "PolicyType"),
}
ACCOUNT, USER, GROUP = "1000000000000001", "smsstatus", "readers"


def about_key(action: str, params: Mapping[str, str], owner: KeyOwner) -> dict[str, Any]:
    """The response. Raises ApiRefusal."""
    if action == "GetCallerIdentity":
        return _identity(owner)
    for name in _REQUIRED[action]:
        if not params.get(name):
            raise ApiRefusal(f"Missing{name}", f"{name} is mandatory for this action.", status=400)
    if not (owner.is_root or owner.reads_policies):
        raise ApiRefusal("NoPermission", "You are not authorized to do this action.", status=403)
    if params.get("UserName", USER) != USER:
        raise ApiRefusal("EntityNotExist.User", "The user does not exist.", status=404)
    match action:
        case "ListPoliciesForUser":
            return _listed(owner.policies)
        case "ListGroupsForUser":
            return {"Groups": {"Group": [{"GroupName": GROUP}] if owner.of_group else []}}
        case "ListPoliciesForGroup":
            return _listed(owner.of_group)
        case _:
            return _policy(params, owner)


def _identity(owner: KeyOwner) -> dict[str, Any]:
    told = {"AccountId": ACCOUNT, "PrincipalId": ACCOUNT, "UserId": ACCOUNT}
    if owner.is_root:
        return {**told, "IdentityType": "Account", "Arn": f"acs:ram::{ACCOUNT}:root"}
    return {**told, "IdentityType": "RAMUser", "UserId": "200000000000000001", "Arn": f"acs:ram::{ACCOUNT}:user/{USER}"}


def _listed(policies: tuple[tuple[str, str | None], ...]) -> dict[str, Any]:
    kinds = [(name, "System" if document is None else "Custom") for name, document in policies]
    return {"Policies": {"Policy": [{"PolicyName": name, "PolicyType": kind} for name, kind in kinds]}}


def _policy(params: Mapping[str, str], owner: KeyOwner) -> dict[str, Any]:
    documents = dict((*owner.policies, *owner.of_group))
    if params["PolicyName"] not in documents:
        raise ApiRefusal("EntityNotExist.Policy", "The policy does not exist.", status=404)
    return {"DefaultPolicyVersion": {"PolicyDocument": documents[params["PolicyName"]] or "{}", "VersionId": "v1"}}
