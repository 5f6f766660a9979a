# `just` lists the recipes. What a change must pass is in `.ci/run`; most recipes are a part of it.

[private]
default:
    @just --list

# Everything that a change must pass.
ci:
    bash .ci/run

# Unit, integration, documentation, architecture and conformance tests.
test *args:
    cargo test --workspace {{ args }}

# The property tests with other seeds and more cases; without arguments, a drawn seed, printed.
properties seed=`shuf -i 1-999999999 -n 1` cases="20000":
    @echo "seed {{ seed }}, {{ cases }} cases"
    PROPTEST_RNG_SEED={{ seed }} PROPTEST_CASES={{ cases }} cargo test --release -p retake-store --test it

# A process that records is killed, 200 times by default; without arguments, at moments drawn anew.
crash kills="200" seed=`shuf -i 1-999999999 -n 1`:
    cargo test -p retake-middleware --test crash -- --kills {{ kills }} --seed {{ seed }}

# The example: a server, a terminal client, and the replay of what happened.
posts *args:
    cargo run -q -p posts -- {{ args }}

# The example with the real Redux DevTools in a browser; pictures are in tests/devtools-e2e/out.
devtools:
    bash .ci/run devtools

# Formatting, spelling and clippy.
lint:
    bash .ci/run format typos lint

# The documentation, with a check of its links.
docs:
    bash .ci/run docs

# Licences and sources of the dependencies, and what is banned.
deny:
    bash .ci/run deny

# Known vulnerabilities of the dependencies; needs `cargo-deny` and the network.
audit:
    cargo deny check advisories

# The store's locks under a model checker.
model:
    bash .ci/run model

# Every scenario on retake, compared with what RTK Query did; one that cannot run differs.
conformance:
    rm -rf conformance/out/actual
    -cargo run -q --release -p retake-conformance -- --scenarios conformance/scenarios --out conformance/out/actual
    node conformance/compare.mjs conformance/expected conformance/out/actual --intended

# Generated scenarios on RTK Query and on retake; without arguments, a drawn seed, printed.
fuzz seed=`shuf -i 1-999999999 -n 1` count="200": oracle
    @echo "seed {{ seed }}, {{ count }} scenarios"
    rm -rf conformance/out/fuzz
    node conformance/fuzz.mjs --seed {{ seed }} --count {{ count }} --single-undo --out conformance/out/fuzz
    -cargo run -q --release -p retake-conformance -- --scenarios conformance/out/fuzz/scenarios --out conformance/out/fuzz/actual
    node conformance/compare.mjs conformance/out/fuzz/expected conformance/out/fuzz/actual --intended --allow-ties

# The expected observations are what RTK Query does, and the comparison notices changes.
oracle-check: oracle
    node conformance/run.mjs --check
    node conformance/selfcheck.mjs

# Whether the scenarios notice when a behaviour breaks: every mutation, or those with a name like `late`.
mutations *names:
    bash conformance/mutations/run {{ names }}

# Files and frames at random, against the readers of logs, of DevTools' frames, and of histories.
fuzz-targets seconds="600":
    FUZZ_SECONDS={{ seconds }} bash .ci/run fuzz-targets

# The packages that the oracle needs, once.
[private]
oracle:
    [ -d conformance/node_modules ] || npm ci --prefix conformance --no-audit --no-fund

# The workloads that other libraries are measured on; `just workloads --only=W9` runs one of them.
workloads *args:
    cargo run --release -q -p retake-bench -- {{ args }}

# The benchmarks; `just bench --quick update` runs some of them, roughly.
bench *args:
    cargo bench -p retake-bench -- {{ args }}
