"""Models within themselves, lists of lists, and values of any type."""

from __future__ import annotations

import datetime
from typing import Any, assert_type

from criteo_retail_media import AuthenticatedClient, Unset
from criteo_retail_media.api.shelf import replace_rules
from criteo_retail_media.api.shop import get_setting
from criteo_retail_media.models import (
    Rule,
    RuleRequest,
    RuleResource,
    RuleResourceAttributes,
    RuleResourceAttributesOperation,
)


def rules(client: AuthenticatedClient) -> None:
    """A rule is made of rules."""
    rule = Rule(and_=[Rule(goods_id="1"), Rule(not_=Rule(goods_id="2"))])
    change = RuleResourceAttributes(operation=RuleResourceAttributesOperation.ADD, rule=rule)
    answer = replace_rules.sync("7", client=client, body=RuleRequest(data=RuleResource(attributes=change)))
    assert_type(answer.data, Rule | None | Unset)
    if answer.data:
        assert_type(answer.data.not_, Rule | None | Unset)
        assert_type(answer.data.or_, list[Rule | None] | None | Unset)


def setting(client: AuthenticatedClient) -> None:
    """Names that hold any character, and values of any type."""
    setting = get_setting.sync("Corner/Shop", "opening hours?", client=client).data
    assert_type(setting.values, list[float])
    assert_type(setting.matrix, list[list[int]] | None | Unset)
    assert_type(setting.changes, list[datetime.datetime] | Unset)
    assert_type(setting.holidays, list[datetime.date] | None | Unset)
    extra: Any = setting.extra
    print(extra)
