"""An exported model in Chromium, as vse_onnx.js runs it with onnxruntime-web, which is fetched from npm: a long trial.

`python -m pytest tests/interop/onnx_in_a_browser_trial.py`, or with all the others `python -m tests.trials`.
"""

from __future__ import annotations

import io
import tarfile
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.browser.conftest import CHROMIUM, FLAGS
from vse.data import load_collection
from vse.encoders.registry import load_model
from vse.interop import onnx

sync_api = pytest.importorskip("playwright.sync_api")
pytest.importorskip("onnxruntime")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
VERSION = "1.30.0"
PACKAGE = f"https://registry.npmjs.org/onnxruntime-web/-/onnxruntime-web-{VERSION}.tgz"
FILES = ("ort.wasm.min.mjs", "ort-wasm-simd-threaded.mjs", "ort-wasm-simd-threaded.wasm")
TEXTS = [
    "a dog on the beach",
    "Two BLUE cats don't sit\u2014at night!",
    "a snowman withuot a hat",
    "bycicles in teh rian",
    "狗 ☕️ nihgt",
    "",
]
RUN = """async ([folder, texts, pictures]) => {
    const ort = await import("./ort.wasm.min.mjs"), { Model } = await import(`./${folder}/vse_onnx.js`);
    ort.env.wasm.numThreads = 1;
    const model = await Model.load(ort, folder);
    const open = async (name) => createImageBitmap(await (await fetch(name)).blob());
    const rows = [await model.texts(texts), await model.images(await Promise.all(pictures.map(open)))];
    return rows.map((each) => each.map((row) => [...row]));
}"""


class Quiet(SimpleHTTPRequestHandler):
    extensions_map = {**SimpleHTTPRequestHandler.extensions_map, ".mjs": "text/javascript"}  # noqa: RUF012

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a server of a page would have: onnxruntime-web."""
    made = tmp_path_factory.mktemp("site")
    try:
        with urllib.request.urlopen(PACKAGE, timeout=120) as answer:
            package = answer.read()
    except (urllib.error.URLError, TimeoutError) as error:
        pytest.skip(f"onnxruntime-web could not be fetched: {error}")
    with tarfile.open(fileobj=io.BytesIO(package)) as files:
        for name in FILES:
            found = files.extractfile(f"package/dist/{name}")
            assert found is not None
            (made / name).write_bytes(found.read())
    (made / "index.html").write_text("<!doctype html>")
    return made


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


@pytest.mark.parametrize("name", ["scenes-vse", "photos-vse"])
def test_a_browser_gives_the_model_s_vectors(name: str, folder: Path, address: str):
    onnx.export(name, folder / name)
    rng = np.random.default_rng(0)
    scenes = [Image.open(item.image_path).convert("RGB") for item in load_collection("scenes").items[:3]]
    drawn = [Image.fromarray(rng.integers(0, 256, (*size, 3), dtype=np.uint8)) for size in ((90, 301), (500, 333))]
    pictures = []
    for number, image in enumerate([*scenes, *drawn]):
        image.save(folder / f"{number}.png")
        pictures.append(f"{number}.png")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = chromium.new_page()
        page.goto(address)
        texts, images = page.evaluate(RUN, [name, TEXTS, pictures])
        chromium.close()
    encoder = load_model(name)
    np.testing.assert_allclose(texts, encoder.encode_texts(TEXTS, strict=False), atol=1e-4)
    np.testing.assert_allclose(images, encoder.encode_images([folder / each for each in pictures]), atol=2e-4)
