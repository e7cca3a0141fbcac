"""python -m tests.browser.preview OUT [--shots [PAGE …]]"""

from __future__ import annotations

from importlib import import_module

import django

django.setup()
raise SystemExit(import_module("tests.browser.preview.render").main())
