from tinhso.kernel.folding import fold, sort_key


def test_words_are_found_without_diacritics():
    assert fold("  Đà Nẵng,  Quế Sơn ") == "da nang que son"


def test_names_are_sorted_as_in_a_vietnamese_dictionary():
    assert sorted(["Đại Lộc", "Điện Bàn", "Đà Nẵng"], key=sort_key) == ["Đà Nẵng", "Đại Lộc", "Điện Bàn"]
