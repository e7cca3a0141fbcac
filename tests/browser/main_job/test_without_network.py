"""After set-up nothing needs a network: served and looked at inside a namespace that has none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.browser.chromium import CHROMIUM, ROOT
from tests.browser.office import copy_main_job

pytestmark = pytest.mark.browser

STORY = """
import sys, time, urllib.request
import subprocess, os
from playwright.sync_api import sync_playwright
port = sys.argv[1]
server = subprocess.Popen([sys.executable, "-m", "wonward", "serve", "--port", port], stdout=subprocess.DEVNULL)
url = f"http://127.0.0.1:{port}"
for _ in range(300):
    try:
        urllib.request.urlopen(url + "/sign-in/", timeout=20); break
    except OSError:
        time.sleep(0.3)
try:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=sys.argv[2], args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"])
        page = browser.new_page()
        page.set_default_timeout(60000)
        page.goto(url + "/sign-in/")
        page.fill("input[name=email]", "seller@studio.test")
        page.fill("input[name=password]", sys.argv[3])
        page.click("form button[type=submit]")
        page.goto(url + "/deals/")
        print("cards:", page.locator("[data-deal]").count(), "font:", page.evaluate("document.fonts.check('14px \\"Inter Variable\\"')"))
        browser.close()
finally:
    server.terminate(); server.wait(30)
"""


def _can_unshare() -> bool:
    unshare = shutil.which("unshare")
    if not unshare or not shutil.which("ip"):
        return False
    return subprocess.run([unshare, "-rn", "true"], check=False, capture_output=True).returncode == 0


@pytest.mark.skipif(not CHROMIUM, reason="CHROMIUM IS MISSING")
@pytest.mark.skipif(not _can_unshare(), reason="unshare -n or ip is missing")
def test_the_board_loads_where_there_is_no_network():
    folder = tempfile.mkdtemp(prefix="ww-alone-")
    story = Path(folder) / "story.py"
    story.write_text(STORY)
    environment = {
        **os.environ, "WONWARD_DATA_DIR": folder, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
        "DJANGO_SETTINGS_MODULE": "wonward.config.settings",
    }
    environment.pop("WONWARD_DATABASE_URL", None)
    open_deals = len(copy_main_job(Path(folder))["deals"])
    inside = f"ip link set lo up && exec {sys.executable} {story} 8000 {CHROMIUM} 'correct horse battery'"
    told = subprocess.run(["unshare", "-rn", "sh", "-c", inside], env=environment, cwd=ROOT, check=False, capture_output=True,
                          text=True, timeout=300)
    shutil.rmtree(folder, ignore_errors=True)
    assert f"cards: {open_deals} font: True" in told.stdout, told.stderr[-2000:]
