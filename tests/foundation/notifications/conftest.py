import pytest

from tests.people import Cast, Sale, make_cast, make_sale


@pytest.fixture
def cast(db) -> Cast:
    return make_cast()


@pytest.fixture
def sale(cast) -> Sale:
    return make_sale(cast)
