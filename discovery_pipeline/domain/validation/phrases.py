"""The words with which people and tools begin rows that are no records: totals, remarks, page breaks, legends.

Patterns over folded text (vocabulary.text.fold: small letters, no accents). Keep out: where in a table such rows stand.
"""

from __future__ import annotations

_SUB = r"grand[ -]?|sub[ -]?|sous[ -]|gesamt|zwischen|teil|deel|del"
_SUM = (
    r"totals?|totale|totaux|totali|totales|totaal|totalt|summe|somme|suma|soma|summa|gesamt|insgesamt|razem|celkem|"
    r"toplam|yhteensa|osszesen|итого|всего|συνολο"
)
_IDEOGRAPHIC = r"合計|総計|小計|总计|合计|小计|합계|총계|소계"

# A row that begins so is a total where it stands below the last record.
TOTAL = "|".join(
    (
        rf"^(?:{_SUB})?(?:{_SUM})(?:\s|:|$)",
        rf"^(?:{_IDEOGRAPHIC})",
        r"^(?:count|anzahl|nombre|numero|aantal)\s*[:=]",
        r"^number of (?:rows|records|items)\b",
    )
)
# The same, where other records follow: nothing that a machine or an application could be called.
SURE_TOTAL = "|".join(
    (
        rf"^(?:{_SUB})?(?:{_SUM})(?:\s*[:=]?\s*|\s+[\d.,' ]+|\s*[:=]\s*[\d.,' ]+)$",
        rf"^(?:{_SUB})?(?:{_SUM})\s*(?:general|generale|geral|gesamt)\s*[:=]?$",
        rf"^(?:{_SUB})?(?:{_SUM})\s*[:(]\s*\S.*$",
        rf"^(?:{_SUB})?(?:{_SUM})\s+(?:for|of|per|fur|je|von|pour|de|du|des|par|di|per|para|por|voor)\s+\S.*$",
        rf"^(?:{_SUB})(?:{_SUM})\s+\S.*$",
        rf"^(?:{_IDEOGRAPHIC})\s*[:：]?\s*[\d.,]*$",
    )
)
# What any of these cells begins with, as it was written; cells stand one after the other, parted by CELL.
CELL = "\x1f"
ANY_TOTAL = (
    rf"(?i)(?:^|{CELL})\s*(?:(?:{_SUB})?(?:totale?s?|totaux|totali|totaa?l|totalt|summ[ea]|somm[ea]|suma|soma|insgesamt|"
    rf"razem|celkem|toplam|yhteens.|.sszesen|итого|всего|σ.νολο)|gesamt|{_IDEOGRAPHIC})"
)
REMARK = "|".join(
    (
        r"^\(?\d+ (?:rows?|records?|items?|zeilen|lignes|filas|linhas|righe)\b",
        r"^(?:generated|exported|created|printed|report generated) (?:by|on|at|from)\b",
        r"^(?:erstellt (?:am|von)|exporte le|generado (?:el|por)|gerado (?:em|por))\b",
        r"^end of (?:report|file|export|list)\b",
        r"^-+ ?(?:end|ende|fin|eof)\b",
        r"^page \d+",
        r"^(?:source|quelle|stand|note)\s*:",
        r"^(?:confidential|vertraulich|confidentiel)\b",
        r"^(?:copyright\b|©)",
        r"^(?:filters? applied|applied filters)\b",
        r"^(?:\*+|-{3,}|={3,})$",
    )
)
# What a tool writes between two pages of a printed list, as it was written.
PAGE_BREAK = "(?i)" + "|".join(
    (
        r"^[-=* ]*(?:page|seite|p[aá]gina|strona|sida|side)\s*:?\s*\d+"
        r"(?:\s*(?:of|/|von|de|sur|di|van|z)\s*\d+)?[-=* ]*$",
        r"^.{0,80}\((?:continued|cont\.?|cont'd|fortsetzung|forts\.|suite|continuaci[oó]n|continua[cç][aã]o|segue)\)$",
        r"^(?:report )?(?:generated|exported|printed) (?:on|at|by)\b.*\d",
        r"^(?:erstellt am|gedruckt am|imprim[eé] le|impreso el|impresso em|stampato il)\b.*\d",
    )
)
LEGEND = (
    r"^(?:legend[aes]?|leyenda|leggenda|colou?r (?:key|code|legend)|key|notes?|hinweise?|anmerkung(?:en)?|remarques?|"
    r"remarks?|notas?|abbreviations?|abkurzungen|glossary|glossar|凡例|備考|图例|说明)\s*[:：]?$"
)
