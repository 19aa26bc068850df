"""Makes iban.csv and vat.csv: numbers with the verdicts of python-stdnum and schwifty.

Run beside the files, with the two packages installed: `python make_vectors.py`. The numbers are made
from a seed, not taken from anywhere: random ones until the other programs accept them, then with one
character changed, two swapped, one dropped, one added. The few in `DOCUMENTED_IBANS` and `DOCUMENTED_VATS` are
examples of documentation, judged like the others. Made with python-stdnum 2.2 and schwifty 2026.10.1.

Where the two judge an IBAN's structure differently (Brazil), no vector is made.
"""

import random
import string
import warnings
from pathlib import Path

import schwifty
import stdnum.iban
from schwifty import registry
from schwifty.exceptions import SchwiftyException
from stdnum.ch import vat as ch
from stdnum.eu import vat as eu
from stdnum.gb import vat as gb
from stdnum.no import mva as no

warnings.simplefilter("ignore")
HERE = Path(__file__).parent
RANDOM = random.Random(20261)
CLASSES = {"n": string.digits, "a": string.ascii_uppercase, "c": string.digits + string.ascii_uppercase}
# Countries whose national check digits the product judges.
NATIONAL = set("BE BA ME MK PT RS SI ES FI FR MC IT SM NO PL".split())

DOCUMENTED_IBANS = """
GB29NWBK60161331926819 DE89370400440532013000 GR1601101050000010547023795 BE31435411161155
BE32123456789002 BE41091811735141 BE83138811735115 ES7712341234161234567890 ES1212341234161234567890
ES1512341234171234567890 ME25510000000006234133 ME52510000000006234132 NO9386011117947 NO9286011117947
NO2386011117946 GB01BARC20714583608387 GB00HLFX11016111455365 GB82WEST12345698765432 AB1234567890
""".split()
DOCUMENTED_VATS = """
ATU13585627 ATU13585626 ATU57194903 BE697449992 BE403019261 BE428759497 BE431150351 BG175074752
BG175074751 BG8032056031 BG7111042925 BG7111042922 BG7552A10004 BG8019010008 CY10259033P CY10259033Z
CZ25123891 CZ25123890 CZ7103192745 CZ640903926 CZ991231123 CZ1103492745 CZ590312123 DE136695976
DE136695978 DK13585628 DK13585627 EE100931558 EE100594102 EE100594103 EL094259216 EL123456781 GR23456783
GR123456780 EL23456783 ES54362315K ESX2482300W ESJ99216582 ESB58378431 ESB64717838 ESM1234567L ESX2482300A
ESJ99216583 ES54362315Z FI20774740 FI20774741 FR40303265045 FR23334175221 FRK7399859412 FR4Z123456782
FR84323140391 FR61954506077 FR53000004605 GB980780684 GB802311781 GBGD001 GBHA500 GB242338087388
GB980780685 GB000000000 XI980780684 HR33392005961 HR33392005962 HU12892312 HU12892313 IE6433435F
IE6433435OA IE6433435E IE8D79739I IE8D79738J IE3628739UA IE3628739L IT00743110157 IT00743110158
LT119511515 LT100001919017 LT100004801610 LT100001919018 LU15027442 LU15027443 LV40003521600
LV16117519997 LV40003521601 LV16117519998 LV32867300679 MT11679112 MT11679113 NL004495445B01
NL4495445B01 NL123456789B90 NL002455799B11 NL111111111B01 PL8567346215 PL8567346216 PT501964843
PT501964842 RO18547290 RO18547291 RO1630615123457 SE556188840401 SE123456789101 SI50223054 SI50223055
SK2022749619 SK2022749618 SK7103192745 EU372022452 IM0401234567 EU123456789 NO995525828MVA
NO995525829MVA NO995525828 CHE107787577IVA CHE107787578IVA CHE107787577 CHE100155212TVA
""".split()


def vat_valid(number):
    if number.startswith("GB"):
        return gb.is_valid(number)
    if number.startswith("NO"):
        return no.is_valid(number)
    if number.startswith("CH"):
        return ch.is_valid(number)
    return eu.is_valid(number.replace("EL", "GR", 1) if number.startswith("EL") else number)


# How a number of each country is built, to be tried at random: `#` is a digit, `A` a letter, `@` either.
VAT_SHAPES = {
    "AT": ["U########"], "BE": ["0#########", "1#########", "#########"],
    "BG": ["#########", "##########", "75########"], "CY": ["########A"],
    "CZ": ["########", "6########", "450312###", "855708####", "7512######"], "DE": ["#########"],
    "DK": ["########"], "EE": ["#########"], "EL": ["#########"],
    "ES": ["########A", "X#######A", "B########", "Q#######A", "K#######A", "a########"],
    "FI": ["########"], "FR": ["###########", "@##########", "#A#########", "AA#########", "##000######"],
    "GB": ["#########", "0########", "############", "GD0##", "Ha9##", "GD8888#####"], "XI": ["#########"],
    "HR": ["###########"], "HU": ["########"], "IE": ["#######A", "#######AA", "#A#####A", "#+#####A"],
    "IT": ["#######001#", "#######1###", "#######0###"], "LT": ["#######1#", "##########1#"],
    "LU": ["########"], "LV": ["4##########", "1203751####", "32#########"], "MT": ["########"],
    "NL": ["#########B0#", "#########B##", "#######B01"], "PL": ["##########"], "PT": ["#########"],
    "RO": ["##########", "########", "###", "185061535####"], "SE": ["##########01"], "SI": ["########"],
    "SK": ["##2#######", "##########", "8557######"], "EU": ["372######"], "IM": ["040#######"],
    "NO": ["#########MVa"], "CH": ["E#########MWST", "E#########TVa"],
}


def filled(shape):
    """Letters that are meant as they stand are written in lower case."""
    classes = {"#": string.digits, "A": string.ascii_uppercase, "@": CLASSES["c"]}
    return "".join(RANDOM.choice(classes[sign]) if sign in classes else sign.upper() for sign in shape)


def built(prefix, shape):
    """The rule of a country lets one number in 2 to 400 through: find one."""
    while True:
        number = prefix + filled(shape)
        if vat_valid(number):
            return number


def mutations(number, count, first):
    for _ in range(count):
        signs = list(number)
        at = RANDOM.randrange(first, len(signs))
        kind = RANDOM.randrange(6)
        if kind <= 1:
            pool = string.digits if signs[at].isdigit() else string.ascii_uppercase
            signs[at] = RANDOM.choice(pool)
        elif kind <= 3 and at + 1 < len(signs):
            signs[at], signs[at + 1] = signs[at + 1], signs[at]
        elif kind == 4:
            del signs[at]
        else:
            signs.insert(at, RANDOM.choice(CLASSES["c"] if RANDOM.random() < 0.1 else string.digits))
        yield "".join(signs)


def vats():
    numbers = dict.fromkeys(DOCUMENTED_VATS)
    for prefix, shapes in VAT_SHAPES.items():
        for _ in range(max(40 // len(shapes), 10)):
            for shape in shapes:
                number = built(prefix, shape)
                for made in (number, *mutations(number, 4, 2), prefix + filled(shape)):
                    numbers[made] = None
    with (HERE / "vat.csv").open("w", newline="\n") as out:
        out.write("number,valid\n")
        for number in numbers:
            out.write(f"{number},{int(vat_valid(number))}\n")


def iban_verdict(number):
    """`None` where the two programs disagree on structure, which is nobody's mistake."""
    try:
        schwifty.IBAN(number)
        valid = True
    except SchwiftyException:
        valid = False
    if number[:2] in REGISTERED and stdnum.iban.is_valid(number, check_country=False) != valid:
        # schwifty is right about 00, 01 and 99, which no bank computes.
        if number[2:4] not in ("00", "01", "99"):
            return None
    national = ""
    if valid and number[:2] in NATIONAL:
        try:
            schwifty.IBAN(number, validate_bban=True)
            national = "1"
        except SchwiftyException:
            national = "0"
    return valid, national


REGISTERED = {
    line[:2]
    for line in (Path(stdnum.__file__).parent / "iban.dat").read_text().splitlines()
    if line[:1].isalpha()
}


def ibans():
    numbers = dict.fromkeys(DOCUMENTED_IBANS)
    countries = sorted(registry._default_registry._get("iban"))
    for country in countries:
        spec = registry.get_iban_spec(country)
        for turn in range(22 if country in NATIONAL else 6):
            bban = "".join(
                "".join(RANDOM.choice(CLASSES[kind]) for _ in range(int(length)))
                for length, kind in runs(spec.bban_spec)
            )
            # Where national check digits are judged, half of the numbers have them right.
            if country in NATIONAL and turn % 2:
                bban = nationally_right(country, bban)
            number = country + stdnum.iban.calc_check_digits(country + "00" + bban) + bban
            for made in (number, *mutations(number, 4, 0)):
                numbers[made] = None
    with (HERE / "iban.csv").open("w", newline="\n") as out:
        out.write("number,valid,national\n")
        for number in numbers:
            verdict = iban_verdict(number)
            if verdict:
                out.write(f"{number},{int(verdict[0])},{verdict[1]}\n")


def nationally_right(country, bban):
    for _ in range(20000):
        # Digits at the ends vary, as the check digits stand there.
        tried = [RANDOM.choice(string.digits) if sign.isdigit() else sign for sign in bban]
        if country in ("IT", "SM"):
            tried[0] = RANDOM.choice(string.ascii_uppercase)
        tried = "".join(tried)
        number = country + stdnum.iban.calc_check_digits(country + "00" + tried) + tried
        try:
            schwifty.IBAN(number, validate_bban=True)
            return tried
        except SchwiftyException:
            continue
    return bban


def runs(spec):
    length = ""
    for sign in spec:
        if sign.isdigit():
            length += sign
        elif sign != "!":
            yield length, sign
            length = ""


if __name__ == "__main__":
    vats()
    ibans()
