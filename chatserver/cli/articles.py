"""`chatserver articles`: the regulation's table for a jurist."""

from __future__ import annotations

import argparse
import json
from typing import Any

from chatserver.cli.stop import json_option
from chatserver.rules.articles import CARRIED, POLICIES
from chatserver.rules.not_in_code import FIRST_WORDS, NOT_IN_CODE, NOT_YET
from chatserver.tested import load_rules, tested

KINDS = {"carried": "规则", "not yet": "尚未", "not in code": "不在程序中", "missing": "缺"}


def add(commands: Any) -> None:
    """Adds the command."""
    command = commands.add_parser(
        "articles",
        help="print the regulation's articles, what carries each, and where it is tested",
    )
    json_option(command)
    command.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """Prints one entry for each article, then the policies that are ours and not the law's."""
    load_rules()
    tests = tested()
    table = [_entry(number, tests[number]) for number in sorted(FIRST_WORDS)]
    policies = [{"policy": title, "carried_by": names} for title, names in POLICIES.items()]
    if given.json:
        print(json.dumps({"articles": table, "policies": policies}, ensure_ascii=False))
        return 0
    for entry in table:
        words = entry["first_words"]
        more = "" if words.endswith("。") else "……"
        print(f"第{entry['article']}条  [{KINDS[entry['status']]}]  {words}{more}")
        for label, key in (("承担", "carried_by"), ("测试", "tested_in")):
            if entry[key]:
                print(f"    {label}：{'、'.join(entry[key])}")
        if entry["why"]:
            print(f"    说明：{entry['why']}")
    print("\n本网自定的做法（不是规范的要求）：")
    for policy in policies:
        print(f"    {policy['policy']}：{'、'.join(policy['carried_by'])}")
    return 0


def _entry(number: int, tests: list[str]) -> dict[str, Any]:
    names = CARRIED.get(number, [])
    if names:
        status = "carried"
    elif number in NOT_IN_CODE:
        status = "not in code"
    else:
        status = "not yet" if number in NOT_YET else "missing"
    return {
        "article": number,
        "first_words": FIRST_WORDS[number],
        "status": status,
        "carried_by": names,
        "tested_in": tests,
        "why": NOT_IN_CODE.get(number) or NOT_YET.get(number),
    }
