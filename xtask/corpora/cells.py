"""The cells of every workbook below a folder, as openpyxl and xlrd have them: one JSON object a sheet.

python cells.py FOLDER > FOLDER/python.jsonl
"""

import datetime
import json
import pathlib
import sys
import warnings

import openpyxl
import xlrd

warnings.simplefilter("ignore")


def value(cell):
    """The kind and the value of a cell of openpyxl."""
    it = cell.value
    if cell.data_type == "e":
        return "error", it
    if isinstance(it, bool):
        return "boolean", it
    if isinstance(it, (int, float)):
        return "number", it
    if isinstance(it, (datetime.datetime, datetime.date, datetime.time)):
        return "moment", it.isoformat()
    if isinstance(it, datetime.timedelta):
        return "seconds", round(it.total_seconds())
    return "text", str(it)


def by_openpyxl(path):
    book = openpyxl.load_workbook(path, data_only=True)
    for sheet in book.worksheets:
        cells = []
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is None or cell.value == "":
                    continue
                cells.append([cell.row, cell.column - 1, *value(cell)])
        yield sheet.title, cells


def by_xlrd(path):
    book = xlrd.open_workbook(path, logfile=sys.stderr)
    for sheet in book.sheets():
        cells = []
        for row in range(sheet.nrows):
            for column, cell in enumerate(sheet.row(row)):
                if cell.ctype == xlrd.XL_CELL_TEXT and cell.value != "":
                    kind = "text", cell.value
                elif cell.ctype == xlrd.XL_CELL_NUMBER:
                    kind = "number", cell.value
                elif cell.ctype == xlrd.XL_CELL_BOOLEAN:
                    kind = "boolean", bool(cell.value)
                elif cell.ctype == xlrd.XL_CELL_ERROR:
                    kind = "error", xlrd.error_text_from_code.get(cell.value, "#N/A")
                elif cell.ctype == xlrd.XL_CELL_DATE:
                    kind = date(cell.value, book.datemode)
                else:
                    continue
                cells.append([row + 1, column, *kind])
        yield sheet.name, cells


def date(serial, datemode):
    if 0 <= serial < 1:
        return "seconds", round(serial * 86400)
    try:
        return "moment", xlrd.xldate_as_datetime(serial, datemode).isoformat()
    except (xlrd.xldate.XLDateError, OverflowError, ValueError):
        return "number", serial


def main():
    folder = pathlib.Path(sys.argv[1])
    readers = {".xlsx": by_openpyxl, ".xlsm": by_openpyxl, ".xls": by_xlrd}
    for path in sorted(folder.rglob("*")):
        reader = readers.get(path.suffix.lower())
        if reader is None or not path.is_file():
            continue
        name = path.relative_to(folder).as_posix()
        try:
            sheets = list(reader(path))
        except Exception as fault:  # whatever a reader meets, others are read
            print(f"{name}: {reader.__name__} refuses it: {fault!r}", file=sys.stderr)
            continue
        for sheet, cells in sheets:
            it = {"file": name, "reader": reader.__name__[3:], "sheet": sheet, "cells": cells}
            print(json.dumps(it))


main()
