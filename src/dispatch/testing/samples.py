"""Samples for tests: an issue that uses every kind of block."""

from __future__ import annotations

from dispatch.content.issue import Issue, read_issue

SAMPLE_ISSUE = """\
title: "Rivers & roads: who pays for the bridge?"
subtitle: A short look at a long border
subject: "{{first_name|Dear reader}}, who pays for the bridge?"
preheader: Three towns, two budgets and one river.
slug: rivers-and-roads
date: 2026-03-02
author: Robin Example
language: en
tags: [infrastructure, borders]
cover:
  image: images/cover.png
  alt: A wide river with an unfinished bridge
  caption: The bridge in *spring*
  source: Example Pictures
blocks:
  - paragraph: >-
      Hello {{first_name|there}}, this is **bold**, this is *emphasis*, this is `code`
      and this is [a link](https://example.org/rivers?ref=mail&lang=en).
  - paragraph: {text: 'Café "Zoë" & <b>not bold</b> — 5 < 7, 東京, שלום, 🚂.'}
  - heading: Historical context
  - heading: {text: The *third* town, level: 3}
  - paragraph: |
      One line,
      and another.
  - list: [first, second with **bold**, "third with [a link](https://example.org/third)"]
  - list:
      items:
        - sign
        - build for {{first_name|you}}
      ordered: true
  - figure:
      image: images/map.png
      alt: Map of the border with the river in blue
      caption: Where the river *bends*
      source: "[Example Maps](https://example.org/maps)"
      link: https://example.org/map?for={{email|}}
  - figure: {image: images/line.png, alt: ""}
  - quote: {text: We shall see., by: Kim Example, source: "[Example News](https://example.org/news)"}
  - quote: A river knows no budget.
  - callout: {title: In short, text: The towns pay **half**.}
  - callout: Only a text.
  - table:
      header: [Year, Cost, Paid by]
      rows:
        - [2022, 3.80, "*Northtown*"]
        - [2025, 52.9, "[Southtown](https://example.org/south)"]
      caption: Cost in million crowns
      source: Example Statistics
  - table:
      header: [Town, Inhabitants, Share of cost, Vehicles a day, "Paid in [2025](https://example.org/2025)", Remarks]
      rows:
        - [Northtown, 30 000, 50 %, "1,200", €3.8 million, "Pays for {{first_name|you}} and for everybody who crosses"]
        - [Southtown, "**9 000**", 45 %, n/a, €12.9 million, ""]
  - chart:
      title: Cost of the *bridge*
      data: {"2022": 3.8, "2025": 52.9}
      unit: million crowns
      source: "[Example Statistics](https://example.org/statistics)"
  - chart: {title: Trains a day, type: number, data: {"2022": 4, "2025": 31}}
  - divider:
  - button: {text: Read on, url: "https://example.org/more?name={{first_name|}}"}
signoff:
  tagline: A river is a road. *Mostly.*
  signature: Robin
"""


def sample_issue() -> Issue:
    """An issue that uses every kind of block, in short and long form."""
    return read_issue(SAMPLE_ISSUE, "issues/rivers-and-roads.yaml")
