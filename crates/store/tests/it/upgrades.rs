//! A filled database of every earlier migration becomes one of the newest, on SQLite and on PostgreSQL: all
//! rows and what refers to them are there, and the store reads and goes on with them.
//!
//! Not for: what a migration makes of an empty database; every case begins with one.
//! Invariant: `upgrades.json` fills every column of every table of every migration, so that one that adds a
//! table or a column fails here until rows of it stand there. A row names the columns it ever had; each
//! migration is filled with those it knows, and `since` leaves out what earlier ones could not hold.

mod readers;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AnyPool, AssertSqlSafe, Row as _, SqlSafeStr as _};
use store::{Config, DatabaseUrl, ObjectsUrl, Store};

use crate::cluster::Cluster;
use crate::without_postgres;

const ROWS: &str = include_str!("upgrades.json");
/// What migrations keep of themselves.
const OWN_TABLE: &str = "_sqlx_migrations";
const SQLITE_COLUMNS: &str = "SELECT m.name AS table_name, p.name AS column_name, \
    CAST(p.\"notnull\" AS TEXT) AS required FROM sqlite_master AS m \
    JOIN pragma_table_info(m.name) AS p WHERE m.type = 'table'";
const POSTGRES_COLUMNS: &str = "SELECT CAST(table_name AS TEXT) AS table_name, \
    CAST(column_name AS TEXT) AS column_name, \
    CASE is_nullable WHEN 'NO' THEN '1' ELSE '0' END AS required \
    FROM information_schema.columns WHERE table_schema = current_schema()";
const SQLITE_BROKEN: &str = "SELECT COUNT(*) FROM pragma_foreign_key_check()";
const POSTGRES_BROKEN: &str = "SELECT COUNT(*) FROM pg_constraint WHERE NOT convalidated";

/// Rows of one table; tables stand in an order in which each refers to those before it.
#[derive(Deserialize)]
struct Filling {
    table: String,
    rows: Vec<MadeUpRow>,
}

#[derive(Deserialize)]
struct MadeUpRow {
    /// The first migration that can hold it.
    #[serde(default)]
    since: i64,
    /// What a later migration makes of some of its cells.
    remade: Option<RemadeCells>,
    #[serde(flatten)]
    cells: BTreeMap<String, Value>,
}

/// Cells as they are from a migration on, where what it looks at was there: `since` the one that brought
/// that.
#[derive(Deserialize)]
struct RemadeCells {
    since: i64,
    by: i64,
    cells: BTreeMap<String, Value>,
}

impl MadeUpRow {
    /// A cell as it is after a migration, of a row that was written after an earlier one.
    fn cell(&self, column: &str, (written, migration): (i64, i64)) -> Option<&Value> {
        let is_remade = |remade: &&RemadeCells| remade.since <= written && remade.by <= migration;
        let remade = self.remade.as_ref().filter(is_remade);
        remade.and_then(|remade| remade.cells.get(column)).or_else(|| self.cells.get(column))
    }
}

/// Columns by table, and whether each must have a value.
type Schema = BTreeMap<String, BTreeMap<String, bool>>;

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_upgrades() {
    upgrade_from_all(|folder, _migration| DatabaseUrl::Sqlite(folder.join("rows/bursar.db"))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_upgrades() {
    if without_postgres() {
        return;
    }
    let cluster = Cluster::shared("store");
    for known in migrations() {
        cluster.make_database(&name(known.version)).await;
    }
    upgrade_from_all(|_folder, migration| cluster.url(&name(migration)).parse().unwrap()).await;
}

fn name(migration: i64) -> String {
    format!("upgrade_{migration}")
}

/// As the store has them, in their order.
fn migrations() -> Vec<Migration> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let mut files: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let migration = |file: &PathBuf| {
        let (number, words) = file.file_stem().unwrap().to_str().unwrap().split_once('_').unwrap();
        let text = AssertSqlSafe(std::fs::read_to_string(file).unwrap()).into_sql_str();
        let words = words.to_owned().into();
        Migration::new(number.parse().unwrap(), words, MigrationType::Simple, text, false)
    };
    files.iter().map(migration).collect()
}

async fn upgrade_from_all(database: impl Fn(&Path, i64) -> DatabaseUrl) {
    sqlx::any::install_default_drivers();
    let fillings: Vec<Filling> = serde_json::from_str(ROWS).unwrap();
    let all = migrations();
    for place in 1..=all.len() {
        let migration = all[place - 1].version;
        println!("from migration {migration}");
        let folder = tempfile::tempdir().unwrap();
        let config = Config {
            database: database(folder.path(), migration),
            objects: ObjectsUrl::Local(folder.path().join("objects")),
        };
        let pool = connect(&config.database).await;
        Migrator::with_migrations(all[..place].to_vec()).run(&pool).await.unwrap();
        let before = schema(&pool, &config.database).await;
        fill(&pool, &before, &fillings, migration).await;
        pool.close().await;

        let store = Store::open_existing(&config).await.unwrap();
        let pool = connect(&config.database).await;
        let after = schema(&pool, &config.database).await;
        for filling in &fillings {
            same_rows(&pool, filling, migration, &before, &after).await;
        }
        let broken = if is_sqlite(&config.database) { SQLITE_BROKEN } else { POSTGRES_BROKEN };
        let broken: i64 = sqlx::query_scalar(broken).fetch_one(&pool).await.unwrap();
        assert_eq!(broken, 0, "a row refers to none");
        pool.close().await;
        let rows = |table: &str| {
            let filling = fillings.iter().find(|filling| filling.table == table).unwrap();
            let is_there = before.contains_key(table);
            filling.rows.iter().filter(|row| is_there && row.since <= migration).count()
        };
        readers::all_is_read(&store, rows).await;
        readers::all_goes_on(folder.path(), config, store).await;
    }
}

/// Makes a database of the newest migration with rows in every table, and says what stands in them.
pub(crate) async fn make_filled(database: &DatabaseUrl) -> BTreeMap<String, Vec<String>> {
    sqlx::any::install_default_drivers();
    let fillings: Vec<Filling> = serde_json::from_str(ROWS).unwrap();
    let all = migrations();
    let newest = all.last().unwrap().version;
    let pool = connect(database).await;
    Migrator::with_migrations(all).run(&pool).await.unwrap();
    let schema = schema(&pool, database).await;
    fill(&pool, &schema, &fillings, newest).await;
    pool.close().await;
    let texts = |filling: &Filling| {
        let cells = filling.rows.iter().flat_map(|row| row.cells.values());
        cells.filter_map(|cell| cell.as_str().map(str::to_owned)).collect()
    };
    fillings.iter().map(|filling| (filling.table.clone(), texts(filling))).collect()
}

pub(crate) fn is_sqlite(database: &DatabaseUrl) -> bool {
    matches!(database, DatabaseUrl::Sqlite(_))
}

pub(crate) async fn connect(database: &DatabaseUrl) -> AnyPool {
    match database {
        DatabaseUrl::Sqlite(path) => {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            let url = format!("sqlite://{}?mode=rwc", path.display());
            AnyPool::connect(&url).await.unwrap()
        }
        DatabaseUrl::Postgres(url) => AnyPool::connect(url.expose()).await.unwrap(),
    }
}

async fn schema(pool: &AnyPool, database: &DatabaseUrl) -> Schema {
    let select = if is_sqlite(database) { SQLITE_COLUMNS } else { POSTGRES_COLUMNS };
    let mut schema = Schema::new();
    for row in sqlx::query(select).fetch_all(pool).await.unwrap() {
        let (table, column): (String, String) = (row.get("table_name"), row.get("column_name"));
        let required: String = row.get("required");
        schema.entry(table).or_default().insert(column, required == "1");
    }
    schema.remove(OWN_TABLE).expect("migrations were applied");
    schema
}

/// Rows in every table, as far as this migration can hold them; each column is filled in one of them.
async fn fill(pool: &AnyPool, schema: &Schema, fillings: &[Filling], migration: i64) {
    let known: BTreeSet<&str> = fillings.iter().map(|filling| filling.table.as_str()).collect();
    for table in schema.keys() {
        assert!(known.contains(table.as_str()), "upgrades.json has no rows of {table}");
    }
    for Filling { table, rows } in fillings {
        let Some(columns) = schema.get(table) else { continue };
        // What a migration puts there itself stands among the rows as well.
        run(pool, format!("DELETE FROM {table}")).await;
        for row in rows.iter().filter(|row| row.since <= migration) {
            let known = columns.keys().map(String::as_str);
            let cells = known
                .filter_map(|name| Some((name, literal(row.cell(name, (migration, migration))?))));
            let (names, values): (Vec<&str>, Vec<String>) = cells.unzip();
            let (names, values) = (names.join(", "), values.join(", "));
            run(pool, format!("INSERT INTO {table} ({names}) VALUES ({values})")).await;
        }
        for column in columns.keys() {
            let is_filled = rows.iter().any(|row| row.cells.contains_key(column));
            assert!(is_filled, "upgrades.json fills {table}.{column} in no row");
        }
    }
}

async fn run(pool: &AnyPool, sql: String) {
    let run = sqlx::raw_sql(AssertSqlSafe(sql.clone())).execute(pool).await;
    run.unwrap_or_else(|error| panic!("{error}: {sql}"));
}

fn literal(value: &Value) -> String {
    match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => format!("'{}'", text.replace('\'', "''")),
        other => panic!("{other} is neither a text nor a number"),
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Every row is there once, with what was written, and with all that the newest schema asks for.
async fn same_rows(
    pool: &AnyPool,
    Filling { table, rows }: &Filling,
    migration: i64,
    before: &Schema,
    after: &Schema,
) {
    let Some(before) = before.get(table) else { return };
    let after = after.get(table).unwrap_or_else(|| panic!("{table} is gone: where are its rows?"));
    let compared: Vec<&str> = after
        .iter()
        .filter(|(column, required)| **required || before.contains_key(*column))
        .map(|(column, _)| column.as_str())
        .collect();
    let mut expected: Vec<Vec<Option<String>>> = rows
        .iter()
        .filter(|row| row.since <= migration)
        .map(|row| {
            compared
                .iter()
                .map(|column| row.cell(column, (migration, i64::MAX)).map(text))
                .collect()
        })
        .collect();
    let columns: Vec<_> =
        compared.iter().map(|column| format!("CAST({column} AS TEXT) AS {column}")).collect();
    let select = AssertSqlSafe(format!("SELECT {} FROM {table}", columns.join(", ")));
    let mut found: Vec<Vec<Option<String>>> = sqlx::query(select)
        .fetch_all(pool)
        .await
        .unwrap()
        .iter()
        .map(|row| compared.iter().map(|column| row.get(*column)).collect())
        .collect();
    expected.sort();
    found.sort();
    assert_eq!(found, expected, "{table}, from migration {migration}: {compared:?}");
}
