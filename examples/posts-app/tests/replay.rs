//! What the application did when it was recorded, it does today: each recording is a test.

use posts_app::{App, AppAction};

retake_testing::replay_tests!(App, AppAction, "tests/recordings");
