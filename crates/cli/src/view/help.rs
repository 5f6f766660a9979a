//! The keys.

/// What every key does.
pub(crate) const HELP: &str = "\
↑ ↓  k j            one up, one down
PgUp PgDn           a page up, a page down
Home End  g G       to the first, to the last
[ ]                 the entry before, the entry after
: 12 Enter          to entry 12
/ text Enter        only entries whose type, endpoint
                    or cache key has this in it
Esc                 all entries again
1 2 3 4             diff, state, cache, action
Tab  Enter  Esc     into the panel, and out of it
→ ←  l h  Enter     open a branch, close it, there
q  Ctrl-C           quit

In the state and the cache, * marks what
the entry changed.
Any key closes this.";
