"""Real questions with human answers from a JSON Lines file, and a guess at their category."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from pathlib import Path

#: First match wins; good enough to send questions to lawyers of different skills.
WORDS = {
    "labour": "工资 劳动 辞退 工伤 加班 社保 仲裁 离职 公司",
    "inheritance": "继承 遗产 遗嘱 去世",
    "family": "离婚 结婚 抚养 彩礼 婚前 家暴 夫妻",
    "traffic": "交通 车祸 驾驶 撞 肇事",
    "housing": "租房 房租 买房 房屋 房东 开发商 中介",
    "property": "物业 小区 邻居 业主 土地 拆迁",
    "consumer": "消费 退款 商家 网购 假货 充值",
    "criminal": "拘留 诈骗 刑 报案 公安 判 盗",
    "contract": "借 欠 合同 定金 违约 贷款",
    "injury": "打伤 受伤 医疗 伤残 赔偿",
    "administrative": "行政 处罚 许可 户口 政府",
}


@dataclass(frozen=True)
class Question:
    """One question and what a lawyer answered to it."""

    text: str
    answer: str
    category: str


def category_of(text: str) -> str:
    """The first category one of whose words is in the text."""
    for category, words in WORDS.items():
        if any(word in text for word in words.split()):
            return category
    return "other"


def read(file: Path, count: int, seed: int, *, all_of: bool = False) -> list[Question]:
    """`count` questions that people answered, drawn with `seed`; machine-written answers are left out.

    With `all_of` the questions that only a machine answered come too, without their answers."""
    found = []
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            origin = row.get("answer_origin", "")
            answered = row.get("answers") and origin and not origin.startswith("MODEL")
            if answered or all_of:
                text = row["question"].strip()
                given = row.get("category") or category_of(text)
                category = given if given in WORDS else category_of(text)
                answer = row["answers"][0].strip()[:10_000] if answered else ""
                found.append(Question(text[:10_000], answer, category))
    if not found:
        raise SystemExit(f"{file}: no questions with human answers")
    random.Random(seed).shuffle(found)
    return found[:count]
