"""Personal numbers and telephones in the table of people."""

import pytest

from tinhso.directory.models import Person
from tinhso.kernel.vault import blind_index

NUMBER = "049190012345"


@pytest.mark.django_db
def test_a_sealed_column_is_found_by_its_index_and_by_nothing_else():
    person = Person.objects.create(kind="citizen", username="an", full_name="An", personal_number=NUMBER, phone="0905123456")
    person.refresh_from_db()
    assert (person.personal_number, person.masked_number) == (NUMBER, "*********345")
    assert Person.objects.get(personal_number_index=blind_index(NUMBER, "personal-number")) == person
    with pytest.raises(TypeError):
        Person.objects.filter(phone__contains="0905").exists()
