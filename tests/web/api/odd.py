"""Items for property tests of lists that are spoilt somewhere."""

from hypothesis import strategies as st


def spoilt(good_items, fields, odd_values):
    """Return good items of which up to two fields are odd, and one may be gone."""
    return st.builds(
        lambda item, changes, without: {
            name: value for name, value in {**item, **changes}.items() if name not in without
        },
        good_items,
        st.dictionaries(st.sampled_from(fields), odd_values, max_size=2),
        st.sets(st.sampled_from(fields), max_size=1),
    )
