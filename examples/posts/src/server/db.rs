//! The table of posts: one `SQLite` connection, used on the threads that tokio keeps for blocking
//! work.

use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, OptionalExtension, Row, TransactionBehavior, params};
use thiserror::Error;
use tokio::task::{JoinError, spawn_blocking};

use super::error::ServerError;
use super::options::Database;
use super::post::{NewPost, Post, PostChanges};

// AUTOINCREMENT: an id is not used again after a delete, so a cached post is never another one.
const SCHEMA: &str = "CREATE TABLE IF NOT EXISTS posts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    likes INTEGER NOT NULL DEFAULT 0
) STRICT";

/// The posts of an empty table: title and text.
const FIRST_POSTS: [(&str, &str); 5] = [
    ("State is plain data", "What the screen shows is a value that can be printed and compared."),
    ("Change is a pure function", "The next state follows from the last one and an action."),
    ("Actions are a log", "Write them down, and every moment can be visited again."),
    ("A cache is state too", "Whatever the server said is kept, shared, and one day stale."),
    ("Optimism needs an undo", "Show the change at once, and take it back if it is refused."),
];

/// The posts; clones share one table.
#[derive(Clone, Debug)]
pub(crate) struct PostTable {
    connection: Arc<Mutex<Connection>>,
}

/// Why a query has no answer.
#[derive(Debug, Error)]
pub(crate) enum TableError {
    /// `SQLite` refused it.
    #[error("the database failed: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// The thread that ran it ended early.
    #[error("the database stopped before it had answered: {0}")]
    Interrupted(#[from] JoinError),
}

impl PostTable {
    /// Returns the table in `database`, which is created and filled when it has none.
    ///
    /// # Errors
    /// [`ServerError::Database`], [`ServerError::ShuttingDown`].
    pub(crate) async fn open(database: Database) -> Result<Self, ServerError> {
        let opened = spawn_blocking(move || {
            connect(&database).map_err(|cause| ServerError::Database { database, cause })
        });
        let connection = opened.await.map_err(|_| ServerError::ShuttingDown)??;
        Ok(Self { connection: Arc::new(Mutex::new(connection)) })
    }

    /// Returns every post by ascending id.
    ///
    /// # Errors
    /// [`TableError`], as for every method of the table.
    pub(crate) async fn all(&self) -> Result<Vec<Post>, TableError> {
        self.run(|connection| {
            let mut select =
                connection.prepare("SELECT id, title, body, likes FROM posts ORDER BY id")?;
            select.query_map([], read)?.collect()
        })
        .await
    }

    /// Returns the post `id`, if there is one.
    ///
    /// # Errors
    /// [`TableError`].
    pub(crate) async fn find(&self, id: u32) -> Result<Option<Post>, TableError> {
        self.run(move |connection| {
            connection
                .prepare("SELECT id, title, body, likes FROM posts WHERE id = ?1")?
                .query_one([id], read)
                .optional()
        })
        .await
    }

    /// Adds a post and returns it.
    ///
    /// # Errors
    /// [`TableError`].
    pub(crate) async fn insert(&self, post: NewPost) -> Result<Post, TableError> {
        self.run(move |connection| {
            connection
                .prepare(
                    "INSERT INTO posts (title, body) VALUES (?1, ?2)
                     RETURNING id, title, body, likes",
                )?
                .query_one(params![post.title, post.body], read)
        })
        .await
    }

    /// Changes the post `id` and returns it, if there is one.
    ///
    /// # Errors
    /// [`TableError`].
    pub(crate) async fn update(
        &self,
        id: u32,
        changes: PostChanges,
    ) -> Result<Option<Post>, TableError> {
        self.run(move |connection| {
            connection
                .prepare(
                    "UPDATE posts SET title = coalesce(?2, title), body = coalesce(?3, body)
                     WHERE id = ?1 RETURNING id, title, body, likes",
                )?
                .query_one(params![id, changes.title, changes.body], read)
                .optional()
        })
        .await
    }

    /// Adds `count` likes to the post `id` and returns it, if there is one.
    ///
    /// Likes stop at `u32::MAX`.
    ///
    /// # Errors
    /// [`TableError`].
    pub(crate) async fn like(&self, id: u32, count: u32) -> Result<Option<Post>, TableError> {
        self.run(move |connection| {
            connection
                .prepare(
                    "UPDATE posts SET likes = min(likes + ?2, ?3)
                     WHERE id = ?1 RETURNING id, title, body, likes",
                )?
                .query_one(params![id, count, u32::MAX], read)
                .optional()
        })
        .await
    }

    /// Removes the post `id` and returns whether there was one.
    ///
    /// # Errors
    /// [`TableError`].
    pub(crate) async fn remove(&self, id: u32) -> Result<bool, TableError> {
        self.run(move |connection| {
            Ok(connection.execute("DELETE FROM posts WHERE id = ?1", [id])? > 0)
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, TableError> {
        let connection = Arc::clone(&self.connection);
        let answer = spawn_blocking(move || {
            // Each query is one statement, which SQLite undoes as a whole: a panic leaves no half.
            query(&connection.lock().unwrap_or_else(PoisonError::into_inner))
        });
        Ok(answer.await??)
    }
}

fn connect(database: &Database) -> rusqlite::Result<Connection> {
    let mut connection = match database {
        Database::InMemory => Connection::open_in_memory()?,
        Database::File(path) => Connection::open(path)?,
    };
    // Immediate: of two servers on one new file, only the first may find it empty.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction.execute(SCHEMA, [])?;
    let is_empty: bool =
        transaction.query_one("SELECT NOT EXISTS (SELECT 1 FROM posts)", [], |row| row.get(0))?;
    if is_empty {
        let mut insert = transaction.prepare("INSERT INTO posts (title, body) VALUES (?1, ?2)")?;
        for (title, body) in FIRST_POSTS {
            insert.execute([title, body])?;
        }
    }
    transaction.commit()?;
    Ok(connection)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Post> {
    Ok(Post { id: row.get(0)?, title: row.get(1)?, body: row.get(2)?, likes: row.get(3)? })
}
