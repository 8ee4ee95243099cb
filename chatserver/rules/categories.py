"""The built-in categories of questions; lawyers' skills are ids of these."""

CATEGORIES: dict[str, str] = {
    "labour": "劳动人事",
    "housing": "房屋住房",
    "family": "婚姻家庭",
    "inheritance": "继承",
    "contract": "合同借贷",
    "consumer": "消费维权",
    "traffic": "交通事故",
    "injury": "人身损害",
    "property": "物权物业",
    "criminal": "刑事",
    "administrative": "行政",
    "other": "其他",
}
