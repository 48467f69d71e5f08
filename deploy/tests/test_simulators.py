from deploy.simulators import Ports, any_port, settings_of, simulators


def test_every_connector_with_a_simulator_is_found(tmp_path):
    for name in ("bank/simulator.py", "eid/simulator/__main__.py", "post/client.py"):
        path = tmp_path / "connectors" / name
        path.parent.mkdir(parents=True)
        path.write_text("")
    assert simulators(tmp_path) == {
        "bank": tmp_path / "connectors/bank/simulator.py",
        "eid": tmp_path / "connectors/eid/simulator/__main__.py",
    }


def test_a_simulator_says_how_the_site_finds_it(tmp_path):
    path = tmp_path / "simulator.py"
    path.write_text('import no_such_module\nSETTINGS: dict = {"TINHSO_TSA_URL": "{url}/tsa", "TINHSO_PORT_OF_IT": "{port}"}\n')
    assert settings_of(path, "http://127.0.0.1:21000") == {"TINHSO_TSA_URL": "http://127.0.0.1:21000/tsa", "TINHSO_PORT_OF_IT": "21000"}


def test_a_program_keeps_its_port(tmp_path):
    wanted = any_port()
    first = Ports(tmp_path / "ports.json").take("web", wanted)
    again = Ports(tmp_path / "ports.json").take("web")
    assert (first, again) == (wanted, wanted)


def test_a_taken_port_is_left_to_its_owner(tmp_path):
    import socket

    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        assert Ports(tmp_path / "ports.json").take("web", taken) != taken
