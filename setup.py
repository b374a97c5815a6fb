"""Which folders go into the wheel under which names; all else stands in pyproject.toml.

The page is `vse_demo` there, as `demo` alone would be in the way of others, and what ships lies inside of vse.
"""

from setuptools import find_packages, setup

setup(
    packages=[
        *find_packages(include=["vse", "vse.*"]),
        "vse.assets",
        *(f"vse_{name}" for name in find_packages(include=["demo", "demo.*"])),
    ],
    package_dir={"vse.assets": "assets", "vse_demo": "demo"},
    package_data={"": ["*.json", "*.md", "*.js", "static/*", "templates/*", "*.svg"], "vse.assets": ["**/*"]},
    exclude_package_data={"vse.assets": ["screenshots/*"]},
)
