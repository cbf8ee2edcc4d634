"""Descriptions of a dataset for machines: CITATION.cff, schema.org, Croissant, what its data package says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from archiver.export.published import RIGHTS, Published
from archiver.export.record import printable_json
from archiver.export.table import Column, Kind, columns

_KEYWORDS = ("news", "web archive", "WARC", "text corpus")
_CROISSANT = "http://mlcommons.org/croissant/1.0"
# The context that the specification of Croissant 1.0 prescribes.
_CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
# The names by which readers of Croissant know these formats.
_ENCODINGS = {"jsonl": "application/jsonlines", "parquet": "application/x-parquet"}
# What a column holds in JSON Lines; lists hold texts.
_TYPES: dict[Kind, str] = {
    "text": "sc:Text",
    "number": "sc:Integer",
    "instant": "sc:DateTime",
    "texts": "sc:Text",
}


def citation_cff(made: Published) -> str:
    """How to cite the dataset, in the Citation File Format 1.2.0; its values are JSON, which is YAML."""
    fields: dict[str, Any] = {
        "cff-version": "1.2.0",
        "message": "If you use this dataset, please cite it as below.",
        "type": "dataset",
        "title": made.title,
        "abstract": made.summary,
        "authors": [{"name": made.maker}],
        "version": made.version,
        "date-released": made.day,
        "keywords": list(_KEYWORDS),
        "license-url": RIGHTS,
    }
    return "".join(f"{name}: {printable_json(value)}\n" for name, value in fields.items())


def package_fields(made: Published) -> dict[str, Any]:
    """What a data package says of itself beside its resources."""
    return {
        "title": made.title,
        "description": made.summary,
        "version": made.version,
        "keywords": list(_KEYWORDS),
        "licenses": [{"path": RIGHTS, "title": "In Copyright"}],
        "contributors": [{"title": made.maker, "role": "author"}],
    }


def schema_org(made: Published, about: Mapping[str, str]) -> str:
    """The dataset as schema.org's ``Dataset``, in JSON-LD that needs no other file."""
    return _json(
        {
            "@context": {"@vocab": "https://schema.org/"},
            "@type": "Dataset",
            **_common(made),
            "isAccessibleForFree": True,
            "inLanguage": sorted(made.numbers.languages.keys() - {"unknown"}),
            **(
                {"temporalCoverage": f"{made.numbers.first}/{made.numbers.last}"}
                if made.numbers.first
                else {}
            ),
            "measurementTechnique": "Web archiving; extraction of the text from each captured page",
            "variableMeasured": [
                {"@type": "PropertyValue", "name": column.name, "description": column.about}
                for column in columns(about)
            ],
            "distribution": [
                {
                    "@type": "DataDownload",
                    "name": table.path.rpartition("/")[2],
                    "contentUrl": table.path,
                    "encodingFormat": table.format.media_type,
                    "contentSize": f"{table.size} B",
                    "sha256": table.digest.removeprefix("sha256:"),
                }
                for table in made.tables
            ],
        }
    )


def croissant(made: Published, about: Mapping[str, str]) -> str:
    """The dataset as Croissant 1.0 (MLCommons): its files, and the columns of the one in JSON Lines."""
    file = next(table.path for table in made.tables if table.format.name == "jsonl")
    return _json(
        {
            "@context": _CONTEXT,
            "@type": "sc:Dataset",
            "conformsTo": _CROISSANT,
            **_common(made),
            "citeAs": f"{made.maker}: {made.title}. Version {made.version}.",
            "distribution": [
                {
                    "@type": "cr:FileObject",
                    "@id": table.path,
                    "name": table.path,
                    "contentUrl": table.path,
                    "contentSize": f"{table.size} B",
                    "encodingFormat": _ENCODINGS[table.format.name],
                    "sha256": table.digest.removeprefix("sha256:"),
                }
                for table in made.tables
            ],
            "recordSet": [
                {
                    "@type": "cr:RecordSet",
                    "@id": "articles",
                    "name": "articles",
                    "description": "An article a record, in its current version.",
                    "key": {"@id": "articles/id"},
                    "field": [_field(column, file) for column in columns(about) if column.kind in _TYPES],
                }
            ],
        }
    )


def _common(made: Published) -> dict[str, Any]:
    return {
        "name": made.title,
        "alternateName": made.name,
        "description": made.summary,
        "identifier": made.name,
        "version": made.version,
        "datePublished": made.day,
        "license": RIGHTS,
        "keywords": list(_KEYWORDS),
        "creator": {"@type": "Organization", "name": made.maker},
    }


def _field(column: Column, file: str) -> dict[str, Any]:
    field: dict[str, Any] = {
        "@type": "cr:Field",
        "@id": f"articles/{column.name}",
        "name": column.name,
        "description": column.about,
        "dataType": _TYPES[column.kind],
        "source": {"fileObject": {"@id": file}, "extract": {"column": column.name}},
    }
    return field | {"repeated": True} if column.kind == "texts" else field


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
