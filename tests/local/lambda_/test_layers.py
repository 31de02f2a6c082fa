"""Layers: published, found by imports in AWS's order, refused where AWS refuses them."""

from __future__ import annotations

import io
import sys
import zipfile
from typing import Any

import pytest

from fakes.gateway_aws import Account, refusal, unique, zipped

SITE_PACKAGES = f"python/lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages"
HANDLER = "def handler(e, c):\n    import {0}\n    return {0}.NAME\n"
OF_THIS_ACCOUNT = "arn:aws:lambda:us-east-1:123456789012:layer"


def packed_files(content: dict[str, bytes | str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in content.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def layer(account: Account, content: dict[str, bytes | str] | bytes, name: str | None = None) -> str:
    """The ARN of a new version."""
    data = content if isinstance(content, bytes) else packed_files(content)
    published = account.client("lambda").publish_layer_version(
        LayerName=name or unique("layer"), Content={"ZipFile": data}
    )
    return str(published["LayerVersionArn"])


def function(account: Account, code: bytes | str, *layers: str, **more: Any) -> str:
    name = account.function("x = 1", Layers=list(layers), **more)
    data = code if isinstance(code, bytes) else zipped(code)
    account.client("lambda").update_function_code(FunctionName=name, ZipFile=data)
    return name


@pytest.mark.parametrize("folder", ["python", SITE_PACKAGES])
def test_a_function_imports_what_its_layer_holds(account: Account, folder: str):
    arn = layer(account, {f"{folder}/tools/__init__.py": "NAME = 'of the layer'"})
    name = function(account, HANDLER.format("tools"), arn)
    assert account.invoke(name)[0] == "of the layer"
    assert [
        used["Arn"] for used in account.client("lambda").get_function(FunctionName=name)["Configuration"]["Layers"]
    ] == [arn]


def test_the_functions_own_code_comes_first_then_site_packages_then_python(account: Account):
    where = "import {0}\ndef handler(e, c): return {0}.NAME\n"
    both = {f"{SITE_PACKAGES}/tools.py": "NAME = 'site-packages'", "python/tools.py": "NAME = 'python'"}
    arn = layer(account, both)
    assert account.invoke(function(account, where.format("tools"), arn))[0] == "site-packages"
    own = packed_files({"app.py": where.format("tools"), "tools.py": "NAME = 'own'"})
    assert account.invoke(function(account, own, arn))[0] == "own"


def test_a_later_layer_replaces_files_of_an_earlier_one(account: Account):
    first = layer(account, {"python/tools.py": "NAME = 'first'", "python/first.py": "NAME = 'kept'"})
    second = layer(account, {"python/tools.py": "NAME = 'second'"})
    code = "import tools, first\ndef handler(e, c): return [tools.NAME, first.NAME]\n"
    assert account.invoke(function(account, code, first, second))[0] == ["second", "kept"]
    assert account.invoke(function(account, code, second, first))[0] == ["first", "kept"]


def test_a_layer_may_bring_its_own_version_of_what_the_runtime_has(account: Account):
    arn = layer(account, {"python/jmespath/__init__.py": "NAME = 'of the layer'"})
    assert account.invoke(function(account, HANDLER.format("jmespath"), arn))[0] == "of the layer"


def test_programs_and_data_of_a_layer_are_found(account: Account):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        program = zipfile.ZipInfo("bin/hello-of-the-layer")
        program.external_attr = 0o755 << 16
        archive.writestr(program, "#!/bin/sh\necho hello\n")
        archive.writestr(
            "python/tools/__init__.py", "import pathlib\nDATA = pathlib.Path(__file__).with_name('d.txt').read_text()"
        )
        archive.writestr("python/tools/d.txt", "data")
    code = (
        "import subprocess, tools\ndef handler(e, c):\n"
        "    return [subprocess.run(['hello-of-the-layer'], capture_output=True, text=True).stdout, tools.DATA]\n"
    )
    assert account.invoke(function(account, code, layer(account, buffer.getvalue())))[0] == ["hello\n", "data"]


def test_traces_name_the_place_of_a_layer_on_aws(account: Account):
    arn = layer(account, {"python/tools.py": "def f(): 1 / 0"})
    told = account.invoke(function(account, "import tools\ndef handler(e, c): tools.f()", arn))[0]
    assert [frame.split('"')[1] for frame in told["stackTrace"]] == ["/var/task/app.py", "/opt/python/tools.py"]


def test_new_layers_take_effect_at_once_and_can_be_taken_away(account: Account):
    name_of_layer = unique("layer")
    versions = [layer(account, {"python/tools.py": f"NAME = {number}"}, name_of_layer) for number in (1, 2)]
    name, client = function(account, HANDLER.format("tools"), versions[0]), account.client("lambda")
    assert account.invoke(name)[0] == 1
    client.update_function_configuration(FunctionName=name, Layers=[versions[1]])
    assert account.invoke(name)[0] == 2
    client.update_function_configuration(FunctionName=name, Layers=[])
    assert account.invoke(name)[0]["errorMessage"] == "No module named 'tools'"


def test_a_version_that_was_deleted_goes_on_working_in_the_functions_that_use_it(account: Account):
    name_of_layer = unique("layer")
    arn = layer(account, {"python/tools.py": "NAME = 'still there'"}, name_of_layer)
    name = function(account, HANDLER.format("tools"), arn)
    account.client("lambda").delete_layer_version(LayerName=name_of_layer, VersionNumber=1)
    assert account.invoke(name)[0] == "still there"


@pytest.mark.parametrize(
    ("arns", "code", "message"),
    [
        (
            [f"{OF_THIS_ACCOUNT}:nobody:1"],
            "InvalidParameterValueException",
            f"Layer version {OF_THIS_ACCOUNT}:nobody:1 does not exist.",
        ),
        (
            ["arn:aws:lambda:eu-west-1:123456789012:layer:l:1"],
            "InvalidParameterValueException",
            "Layers are not in the same region as the function. Layers are expected to be in region us-east-1.",
        ),
        (
            ["arn:aws:lambda:us-east-1:017000801446:layer:AWSLambdaPowertools:1"],
            "AccessDeniedException",
            "User: arn:aws:iam::123456789012:root is not authorized to perform: lambda:GetLayerVersion on resource: "
            "arn:aws:lambda:us-east-1:017000801446:layer:AWSLambdaPowertools:1 "
            "because no resource-based policy allows the lambda:GetLayerVersion action",
        ),
        (
            [f"{OF_THIS_ACCOUNT}:l:{number}" for number in range(6)],
            "InvalidParameterValueException",
            "Cannot reference more than 5 layers.",
        ),
    ],
    ids=["absent", "another region", "another account", "too many"],
)
def test_layers_that_cannot_be_used_are_refused(account: Account, arns: list[str], code: str, message: str):
    name, client = account.function("x = 1"), account.client("lambda")
    assert refusal(client.update_function_configuration, FunctionName=name, Layers=arns) == (code, message)
    request = {"FunctionName": unique("f"), "Runtime": "python3.13", "Handler": "a.b", "Code": {"ZipFile": zipped("")}}
    role = account.role({"Service": "lambda.amazonaws.com"})
    assert refusal(client.create_function, **request, Role=role, Layers=arns) == (code, message)


def test_an_arn_without_a_version_is_no_layer(account: Account):
    name = account.function("x = 1")
    arn = f"{OF_THIS_ACCOUNT}:l"
    code, message = refusal(account.client("lambda").update_function_configuration, FunctionName=name, Layers=[arn])
    assert code == "ValidationException"
    assert message.startswith(
        f"1 validation error detected: Value '[{arn}]' at 'layers' failed to satisfy constraint: "
    )


def test_two_versions_of_one_layer_are_refused(account: Account):
    name_of_layer = unique("layer")
    first, second = (layer(account, {"python/tools.py": f"NAME = {number}"}, name_of_layer) for number in (1, 2))
    name = account.function("x = 1")
    code, message = refusal(
        account.client("lambda").update_function_configuration, FunctionName=name, Layers=[first, second]
    )
    assert (code, message) == (
        "InvalidParameterValueException",
        "Two different versions of the same layer are not allowed to be referenced in the same function. "
        f"{first} and {second} are versions of the same layer.",
    )


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"no zip", "Could not unzip uploaded file. Please check your file, then try to upload again."),
        (
            zipped("x", "../outside.py"),
            "Could not unzip uploaded file. Please check your file, then try to upload again.",
        ),
        (b"PK\x05\x06" + bytes(18), "Uploaded file must be a non-empty zip"),
    ],
    ids=["no zip", "leaves its folder", "empty"],
)
def test_a_broken_layer_is_refused(account: Account, data: bytes, message: str):
    publish = account.client("lambda").publish_layer_version
    code, told = refusal(publish, LayerName=unique("layer"), Content={"ZipFile": data})
    assert (code, told) == ("InvalidParameterValueException", message)


def test_layers_and_code_that_are_too_large_together_are_refused(account: Account):
    large = [layer(account, {f"python/data{number}": bytes(90 << 20)}) for number in range(3)]
    client, name = account.client("lambda"), account.function("x = 1")
    code, message = refusal(client.update_function_configuration, FunctionName=name, Layers=large)
    assert (code, message) == (
        "InvalidParameterValueException",
        "Layers consume more than the available size of 262144000 bytes",
    )
    role = account.role({"Service": "lambda.amazonaws.com"})
    request = {"FunctionName": unique("f"), "Runtime": "python3.13", "Role": role, "Handler": "a.b"}
    data = packed_files({"data": bytes(80 << 20)})
    code, message = refusal(client.create_function, **request, Code={"ZipFile": data}, Layers=large[:2])
    assert (code, message) == (
        "InvalidParameterValueException",
        "Function code combined with layers exceeds the maximum allowed size of 262144000 bytes. "
        f"The actual size is {260 << 20} bytes.",
    )


def test_new_code_or_new_layers_count_with_what_the_function_has(account: Account):
    large = [layer(account, {f"python/data{number}": bytes(90 << 20)}) for number in range(2)]
    data = packed_files({"data": bytes(80 << 20)})
    too_large = (
        "InvalidParameterValueException",
        "Function code combined with layers exceeds the maximum allowed size of 262144000 bytes. "
        f"The actual size is {260 << 20} bytes.",
    )
    client, name = account.client("lambda"), account.function("x = 1", Layers=large)
    assert refusal(client.update_function_code, FunctionName=name, ZipFile=data) == too_large
    client.update_function_configuration(FunctionName=name, Layers=large[:1])
    client.update_function_code(FunctionName=name, ZipFile=data)
    assert refusal(client.update_function_configuration, FunctionName=name, Layers=large) == too_large
    kept = client.get_function_configuration(FunctionName=name)["Layers"]
    assert [each["Arn"] for each in kept] == large[:1]
