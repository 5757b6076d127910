#!/usr/bin/env python3
"""An external recognizer (recognizers.external in carrel-dataset(5)): call
signs of a fictional radio club, as in "this is Otter Seven".

Each line that comes is a JSON object with a text; each line that goes says what
is in it. Offsets are bytes of the text in UTF-8, hence the encode().
"""
# SPDX-License-Identifier: Apache-2.0
import json
import re
import sys

ANIMALS = 'otter|heron|lynx|marten|osprey|badger'
NUMBERS = 'one|two|three|four|five|six|seven|eight|nine'
SIGN = re.compile(rf'\b(?:{ANIMALS})[ -](?:{NUMBERS})\b'.encode(), re.I)


def spans(text):
    for m in SIGN.finditer(text.encode()):
        yield {'start': m.start(), 'end': m.end(), 'type': 'CALL_SIGN',
               'score': 0.9}


for line in sys.stdin:
    question = json.loads(line)
    print(json.dumps({'id': question['id'],
                      'spans': list(spans(question['text']))}), flush=True)
