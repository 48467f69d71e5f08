"""The typeface of printed papers, put together from the pieces that the package of fonts brings for the web.

NĐ 30/2020 asks for Times New Roman. Tinos has the same measures, the letters of Vietnamese and a free licence; npm
carries it cut into one WOFF2 file for each script, so the pieces for Latin and Vietnamese are joined here.

python -m deploy.fonts FOLDER
"""

import sys
import tempfile
from pathlib import Path

from fontTools import merge, ttLib

SOURCE = Path("node_modules/@fontsource/tinos/files")
SCRIPTS = ("latin", "vietnamese", "latin-ext")
# Rules for joining and placing letters differ from piece to piece; Vietnamese letters are whole and need none.
DROPPED = ["GSUB", "GPOS", "GDEF"]


def join(weight: str, style: str, target: Path) -> None:
    """Write one TrueType file that holds the letters of all scripts."""
    with tempfile.TemporaryDirectory() as folder:
        pieces = []
        for script in SCRIPTS:
            font = ttLib.TTFont(SOURCE / f"tinos-{script}-{weight}-{style}.woff2")
            font.flavor = None
            pieces.append(str(Path(folder) / f"{script}.ttf"))
            font.save(pieces[-1])
        joined = merge.Merger(merge.Options(drop_tables=DROPPED)).merge(pieces)
        joined.save(target)


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for weight in ("400", "700"):
        for style in ("normal", "italic"):
            join(weight, style, folder / f"Tinos-{weight}-{style}.ttf")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
