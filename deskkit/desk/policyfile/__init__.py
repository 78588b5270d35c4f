"""How a policy file is read, checked and edited, from the letters up; `deskkit.desk.policy` is the way in.

From below: `layout` and `edits` know TOML texts, `quantities` how people write times; `faults` and `reading`
take typed values out of tables and note what is wrong; `vocabulary` and `conditions` read conditions,
`implication` compares and `wording` tells them; `sections`, `rule_sections` and `notice_sections` fill the
structs of `deskkit.desk.schema`; `consistency` asks whether the parts fit together.
"""
