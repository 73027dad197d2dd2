"""The schema of jobs.db and raw.db, one function a step; applied in order, each in its own transaction."""

import sqlite3

from pipelines.spelling import spellings
from pipelines.sqlite import Database, Migrations

# "STEL" and "STER": tells our files from any other SQLite file, and the two from each other.
JOBS_APPLICATION_ID = 0x5354454C
RAW_APPLICATION_ID = 0x53544552

jobs_migrations = Migrations("jobs")
raw_migrations = Migrations("raw")


def _execute(db: Database, script: str) -> None:
    """Run a script statement by statement: `executescript` would commit the migration's transaction first."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            db.conn.execute(statement)
            statement = ""


@jobs_migrations()
def first_schema(db: Database) -> None:
    """Runs, jobs, postings, history."""
    _execute(
        db,
        f"""
    PRAGMA application_id = {JOBS_APPLICATION_ID};

    CREATE TABLE runs (
        id INTEGER PRIMARY KEY,
        search TEXT NOT NULL,
        started_at TEXT NOT NULL,
        finished_at TEXT,
        exit_code INTEGER,
        outcome TEXT,
        requests INTEGER NOT NULL DEFAULT 0
    ) STRICT;

    CREATE TABLE run_boards (
        run_id INTEGER NOT NULL REFERENCES runs(id),
        board TEXT NOT NULL,
        outcome TEXT NOT NULL,
        reason TEXT,
        certified INTEGER NOT NULL,
        advertised INTEGER,
        fetched INTEGER NOT NULL,
        accepted INTEGER NOT NULL,
        merged INTEGER NOT NULL,
        filtered INTEGER NOT NULL,
        quarantined INTEGER NOT NULL,
        new INTEGER NOT NULL,
        changed INTEGER NOT NULL,
        closed INTEGER NOT NULL,
        requests_planned INTEGER NOT NULL,
        requests_answered INTEGER NOT NULL,
        PRIMARY KEY (run_id, board),
        CHECK (fetched = accepted + merged + filtered + quarantined)
    ) STRICT;

    CREATE TABLE jobs (
        id TEXT PRIMARY KEY,
        search TEXT NOT NULL,
        title TEXT NOT NULL,
        title_clean TEXT NOT NULL,
        role TEXT, level TEXT, area TEXT,
        match TEXT NOT NULL, match_reason TEXT NOT NULL, match_rule TEXT NOT NULL,
        employer TEXT, employer_key TEXT, employer_type TEXT NOT NULL,
        city TEXT, postal_code TEXT, state TEXT, country TEXT, lat REAL, lon REAL, distance_km REAL,
        remote TEXT NOT NULL,
        pay_text TEXT, pay_min REAL, pay_max REAL, pay_period TEXT, pay_currency TEXT, salaries_per_year REAL,
        pay_year_min REAL, pay_year_max REAL, pay_basis TEXT,
        pay_scale TEXT, pay_group_min TEXT, pay_group_max TEXT, pay_step_min TEXT, pay_step_max TEXT,
        pay_table_date TEXT, pay_rule TEXT, pay_note TEXT,
        hours TEXT NOT NULL, contract TEXT NOT NULL,
        starts_on TEXT, published_on TEXT, first_published_on TEXT, apply_by TEXT, modified_at TEXT,
        reference TEXT, occupation TEXT, url TEXT,
        first_seen TEXT NOT NULL, last_seen TEXT NOT NULL,
        status TEXT NOT NULL CHECK (status IN ('open', 'unconfirmed', 'closed')),
        closed_on TEXT, closed_reason TEXT,
        content_hash TEXT NOT NULL,
        search_id INTEGER NOT NULL UNIQUE
    ) STRICT;
    CREATE INDEX jobs_status ON jobs (status, search);
    CREATE INDEX jobs_first_seen ON jobs (first_seen);
    CREATE INDEX jobs_employer ON jobs (employer_key);
    CREATE INDEX jobs_level ON jobs (level);
    CREATE INDEX jobs_city ON jobs (city);
    CREATE INDEX jobs_pay ON jobs (pay_year_max);

    CREATE TABLE job_places (
        job_id TEXT NOT NULL REFERENCES jobs(id),
        position INTEGER NOT NULL,
        city TEXT, postal_code TEXT, state TEXT, country TEXT, lat REAL, lon REAL, distance_km REAL,
        PRIMARY KEY (job_id, position)
    ) STRICT;

    -- Long texts stand apart: a search over a million jobs then reads the narrow table, 0.14 s instead of 9.4 s.
    CREATE TABLE job_texts (
        search_id INTEGER PRIMARY KEY,
        job_id TEXT NOT NULL UNIQUE REFERENCES jobs(id),
        title TEXT NOT NULL, employer TEXT, place TEXT, text TEXT, spellings TEXT
    ) STRICT;

    -- trigram: finds parts of compounds. The double quotes let Datasette recognise the index.
    CREATE VIRTUAL TABLE jobs_fts USING fts5(
        title, employer, place, text, spellings,
        content="job_texts", content_rowid="search_id", tokenize='trigram'
    );
    -- Larger pieces at once, merged at the end of a run (storage.finish_run): half the cost of indexing as we go.
    INSERT INTO jobs_fts (jobs_fts, rank) VALUES ('hashsize', 8388608);
    INSERT INTO jobs_fts (jobs_fts, rank) VALUES ('automerge', 0);
    CREATE TRIGGER job_texts_insert AFTER INSERT ON job_texts BEGIN
        INSERT INTO jobs_fts (rowid, title, employer, place, text, spellings)
        VALUES (new.search_id, new.title, new.employer, new.place, new.text, new.spellings);
    END;
    CREATE TRIGGER job_texts_delete AFTER DELETE ON job_texts BEGIN
        INSERT INTO jobs_fts (jobs_fts, rowid, title, employer, place, text, spellings)
        VALUES ('delete', old.search_id, old.title, old.employer, old.place, old.text, old.spellings);
    END;
    CREATE TRIGGER job_texts_update AFTER UPDATE OF title, employer, place, text, spellings ON job_texts BEGIN
        INSERT INTO jobs_fts (jobs_fts, rowid, title, employer, place, text, spellings)
        VALUES ('delete', old.search_id, old.title, old.employer, old.place, old.text, old.spellings);
        INSERT INTO jobs_fts (rowid, title, employer, place, text, spellings)
        VALUES (new.search_id, new.title, new.employer, new.place, new.text, new.spellings);
    END;

    CREATE TABLE postings (
        board TEXT NOT NULL,
        source_id TEXT NOT NULL,
        job_id TEXT NOT NULL REFERENCES jobs(id),
        leads INTEGER NOT NULL,
        title TEXT NOT NULL, employer TEXT, url TEXT,
        list_hash TEXT NOT NULL,
        content_hash TEXT NOT NULL,
        detail TEXT NOT NULL CHECK (detail IN ('none', 'fetched', 'gone', 'failed')),
        first_seen TEXT NOT NULL, last_seen TEXT NOT NULL,
        status TEXT NOT NULL CHECK (status IN ('open', 'unconfirmed', 'closed')),
        missed INTEGER NOT NULL DEFAULT 0,
        missed_at TEXT,
        closed_on TEXT, closed_reason TEXT,
        PRIMARY KEY (board, source_id)
    ) STRICT;
    CREATE INDEX postings_job ON postings (job_id);
    CREATE INDEX postings_status ON postings (board, status);

    CREATE TABLE merges (
        job_id TEXT NOT NULL REFERENCES jobs(id),
        board TEXT NOT NULL,
        source_id TEXT NOT NULL,
        rule TEXT NOT NULL,
        signals TEXT NOT NULL,
        merged_on TEXT NOT NULL,
        PRIMARY KEY (board, source_id),
        FOREIGN KEY (board, source_id) REFERENCES postings (board, source_id)
    ) STRICT;

    CREATE TABLE changes (
        job_id TEXT NOT NULL REFERENCES jobs(id),
        run_id INTEGER NOT NULL REFERENCES runs(id),
        changed_on TEXT NOT NULL,
        field TEXT NOT NULL,
        old TEXT,
        new TEXT,
        PRIMARY KEY (job_id, run_id, field)
    ) STRICT;
    CREATE INDEX changes_run ON changes (run_id);

    CREATE TABLE filtered (
        board TEXT NOT NULL,
        source_id TEXT NOT NULL,
        title TEXT NOT NULL, employer TEXT, city TEXT, distance_km REAL, url TEXT,
        rule TEXT NOT NULL, reason TEXT NOT NULL,
        list_hash TEXT NOT NULL,
        detail TEXT NOT NULL CHECK (detail IN ('none', 'fetched', 'gone', 'failed')),
        first_seen TEXT NOT NULL, last_seen TEXT NOT NULL,
        PRIMARY KEY (board, source_id)
    ) STRICT;

    CREATE TABLE quarantine (
        board TEXT NOT NULL,
        source_id TEXT NOT NULL,
        reason TEXT NOT NULL,
        first_seen TEXT NOT NULL, last_seen TEXT NOT NULL,
        PRIMARY KEY (board, source_id)
    ) STRICT;

    CREATE VIEW open_jobs AS
    SELECT j.title_clean AS title, j.employer, j.city, CAST(round(j.distance_km) AS INTEGER) AS km,
           j.pay_year_min, j.pay_year_max, j.pay_basis, j.pay_text, j.pay_scale,
           j.level, j.match, j.remote, j.employer_type, j.hours, j.contract,
           j.first_seen, j.published_on, j.apply_by, j.status, j.url, j.match_reason, j.search, j.id, j.search_id
    FROM jobs j WHERE j.status <> 'closed';
    """,
    )


@raw_migrations()
def first_raw_schema(db: Database) -> None:
    """Payloads as sent, compressed with zlib: one row per board, id and content."""
    _execute(
        db,
        f"""
    PRAGMA application_id = {RAW_APPLICATION_ID};
    CREATE TABLE raw (
        board TEXT NOT NULL,
        source_id TEXT NOT NULL,
        content_hash TEXT NOT NULL,
        payload BLOB NOT NULL,
        quarantined INTEGER NOT NULL DEFAULT 0,
        stored_on TEXT NOT NULL,
        used_on TEXT NOT NULL,
        PRIMARY KEY (board, source_id, content_hash)
    ) STRICT;
    CREATE INDEX raw_used ON raw (used_on);
    """,
    )


@jobs_migrations()
def boards_of_several_searches(db: Database) -> None:
    """An employer's board is read by every search near it, and each search makes its own of an advert."""
    _execute(
        db,
        """
    CREATE TABLE new_postings (
        search TEXT NOT NULL,
        board TEXT NOT NULL,
        source_id TEXT NOT NULL,
        job_id TEXT NOT NULL REFERENCES jobs(id),
        leads INTEGER NOT NULL,
        title TEXT NOT NULL, employer TEXT, url TEXT,
        list_hash TEXT NOT NULL,
        content_hash TEXT NOT NULL,
        detail TEXT NOT NULL CHECK (detail IN ('none', 'fetched', 'gone', 'failed')),
        first_seen TEXT NOT NULL, last_seen TEXT NOT NULL,
        status TEXT NOT NULL CHECK (status IN ('open', 'unconfirmed', 'closed')),
        missed INTEGER NOT NULL DEFAULT 0,
        missed_at TEXT,
        closed_on TEXT, closed_reason TEXT,
        PRIMARY KEY (search, board, source_id)
    ) STRICT;
    INSERT INTO new_postings SELECT j.search, p.board, p.source_id, p.job_id, p.leads, p.title, p.employer, p.url,
        p.list_hash, p.content_hash, p.detail, p.first_seen, p.last_seen, p.status, p.missed, p.missed_at,
        p.closed_on, p.closed_reason FROM postings p JOIN jobs j ON j.id = p.job_id;
    CREATE TABLE new_merges (
        job_id TEXT NOT NULL REFERENCES jobs(id),
        search TEXT NOT NULL,
        board TEXT NOT NULL,
        source_id TEXT NOT NULL,
        rule TEXT NOT NULL,
        signals TEXT NOT NULL,
        merged_on TEXT NOT NULL,
        PRIMARY KEY (search, board, source_id),
        FOREIGN KEY (search, board, source_id) REFERENCES new_postings (search, board, source_id)
    ) STRICT;
    INSERT INTO new_merges SELECT m.job_id, j.search, m.board, m.source_id, m.rule, m.signals, m.merged_on
        FROM merges m JOIN jobs j ON j.id = m.job_id;
    DROP TABLE merges;
    DROP TABLE postings;
    ALTER TABLE new_postings RENAME TO postings;
    ALTER TABLE new_merges RENAME TO merges;
    CREATE INDEX postings_job ON postings (job_id);
    CREATE INDEX postings_status ON postings (search, board, status);

    CREATE TABLE new_filtered (
        search TEXT NOT NULL,
        board TEXT NOT NULL,
        source_id TEXT NOT NULL,
        title TEXT NOT NULL, employer TEXT, city TEXT, distance_km REAL, url TEXT,
        rule TEXT NOT NULL, reason TEXT NOT NULL,
        list_hash TEXT NOT NULL,
        detail TEXT NOT NULL CHECK (detail IN ('none', 'fetched', 'gone', 'failed')),
        first_seen TEXT NOT NULL, last_seen TEXT NOT NULL,
        PRIMARY KEY (search, board, source_id)
    ) STRICT;
    -- Until now every board was made by one search, whose name is the board's.
    INSERT INTO new_filtered SELECT substr(board, instr(board, ':') + 1), board, source_id, title, employer, city,
        distance_km, url, rule, reason, list_hash, detail, first_seen, last_seen FROM filtered;
    DROP TABLE filtered;
    ALTER TABLE new_filtered RENAME TO filtered;
    """,
    )


# Fields whose changes are kept, as table `changes` names them, and where their present value stands.
_STATES = {
    "status": "j.status", "title": "j.title", "employer": "j.employer", "pay_year_min": "j.pay_year_min",
    "pay_year_max": "j.pay_year_max", "pay_text": "j.pay_text", "apply_by": "j.apply_by",
    "place": "(SELECT place FROM job_texts t WHERE t.job_id = j.id)",
}  # fmt: skip


def _state(name: str, present: str, day: str = "s.valid_from") -> str:
    """Return SQL for a field's value from a day on: the last change up to it, else what the next change replaced."""
    of = f"FROM changes c WHERE c.job_id = s.job_id AND c.field = '{name}' AND c.changed_on"
    return f"""
        CASE WHEN EXISTS (SELECT 1 {of} <= {day})
             THEN (SELECT c.new {of} <= {day} ORDER BY c.run_id DESC LIMIT 1)
             WHEN EXISTS (SELECT 1 {of} > {day})
             THEN (SELECT c.old {of} > {day} ORDER BY c.run_id LIMIT 1)
             ELSE {present} END AS {name}"""


@jobs_migrations()
def vacancies(db: Database) -> None:
    """Merges that can be undone, links, re-listings, and what was true on any day."""
    _execute(
        db,
        f"""
    -- What an advert says that does not lead its job: with it a merge can be undone without asking anybody.
    CREATE TABLE readings (
        search TEXT NOT NULL, board TEXT NOT NULL, source_id TEXT NOT NULL,
        facts TEXT NOT NULL,
        PRIMARY KEY (search, board, source_id),
        FOREIGN KEY (search, board, source_id) REFERENCES postings (search, board, source_id)
    ) STRICT;
    CREATE TABLE decisions (
        one TEXT NOT NULL, other TEXT NOT NULL,
        decision TEXT NOT NULL CHECK (decision IN ('merge', 'split')),
        decided_at TEXT NOT NULL,
        PRIMARY KEY (one, other)
    ) STRICT;
    CREATE TABLE links (
        one TEXT NOT NULL REFERENCES jobs(id),
        other TEXT NOT NULL REFERENCES jobs(id),
        kind TEXT NOT NULL,
        signals TEXT NOT NULL,
        linked_on TEXT NOT NULL,
        PRIMARY KEY (one, other, kind)
    ) STRICT;
    CREATE INDEX links_other ON links (other);
    ALTER TABLE merges ADD COLUMN score REAL;
    ALTER TABLE jobs ADD COLUMN listed_since TEXT;

    -- Without a reference to jobs: the history of a job that was merged stays, for the day on which it is split.
    CREATE TABLE new_changes (
        job_id TEXT NOT NULL,
        run_id INTEGER NOT NULL REFERENCES runs(id),
        changed_on TEXT NOT NULL,
        field TEXT NOT NULL,
        old TEXT,
        new TEXT,
        PRIMARY KEY (job_id, run_id, field)
    ) STRICT;
    INSERT INTO new_changes SELECT job_id, run_id, changed_on, field, old, new FROM changes;
    DROP TABLE changes;
    ALTER TABLE new_changes RENAME TO changes;
    CREATE INDEX changes_run ON changes (run_id);

    DROP VIEW open_jobs;
    CREATE VIEW open_jobs AS
    SELECT j.title_clean AS title, j.employer, j.city, CAST(round(j.distance_km) AS INTEGER) AS km,
           j.pay_year_min, j.pay_year_max, j.pay_basis, j.pay_text, j.pay_scale,
           j.level, j.match, j.remote, j.employer_type, j.hours, j.contract,
           j.first_seen, j.listed_since, j.published_on, j.apply_by, j.status, j.url, j.match_reason, j.search, j.id,
           j.search_id
    FROM jobs j WHERE j.status <> 'closed';

    -- What was true from one day to another: WHERE valid_from <= :day AND (valid_to > :day OR valid_to IS NULL).
    CREATE VIEW job_states AS
    WITH days AS (SELECT DISTINCT job_id, changed_on FROM changes),
    spans AS (
        SELECT job_id, changed_on AS valid_from,
               lead(changed_on) OVER (PARTITION BY job_id ORDER BY changed_on) AS valid_to
        FROM days
    )
    SELECT s.job_id, s.valid_from, s.valid_to, {", ".join(_state(*each) for each in _STATES.items())}
    FROM spans s JOIN jobs j ON j.id = s.job_id;
    """,
    )


@jobs_migrations()
def what_is_asked_for(db: Database) -> None:
    """Skills, industry, team, budget and boss, each with the words it comes from."""
    _execute(
        db,
        """
    ALTER TABLE jobs ADD COLUMN industry TEXT;
    ALTER TABLE jobs ADD COLUMN team_size_min INTEGER;
    ALTER TABLE jobs ADD COLUMN team_size_max INTEGER;
    ALTER TABLE jobs ADD COLUMN budget_eur INTEGER;
    ALTER TABLE jobs ADD COLUMN reports_to TEXT;
    CREATE TABLE job_skills (
        job_id TEXT NOT NULL REFERENCES jobs(id),
        position INTEGER NOT NULL,
        skill TEXT NOT NULL,
        skill_group TEXT NOT NULL,
        need TEXT NOT NULL CHECK (need IN ('must', 'nice', 'stated')),
        words TEXT NOT NULL,
        PRIMARY KEY (job_id, position)
    ) STRICT;
    CREATE INDEX job_skills_skill ON job_skills (skill);
    CREATE TABLE job_evidence (
        job_id TEXT NOT NULL REFERENCES jobs(id),
        field TEXT NOT NULL,
        words TEXT NOT NULL,
        PRIMARY KEY (job_id, field)
    ) STRICT;

    DROP VIEW open_jobs;
    CREATE VIEW open_jobs AS
    SELECT j.title_clean AS title, j.employer, j.city, CAST(round(j.distance_km) AS INTEGER) AS km,
           j.pay_year_min, j.pay_year_max, j.pay_basis, j.pay_text, j.pay_scale,
           j.level, j.match, j.remote, j.employer_type, j.industry, j.hours, j.contract, j.team_size_max,
           (SELECT group_concat(s.skill, ', ') FROM (SELECT skill FROM job_skills WHERE job_id = j.id
            ORDER BY position) s) AS skills,
           j.first_seen, j.listed_since, j.published_on, j.apply_by, j.status, j.url, j.match_reason, j.search, j.id,
           j.search_id
    FROM jobs j WHERE j.status <> 'closed';
    """,
    )


@raw_migrations()
def lists_and_robots(db: Database) -> None:
    """What a host sent last, to ask it only whether that has changed; compressed with zlib."""
    _execute(
        db,
        """
    CREATE TABLE lists (
        url TEXT PRIMARY KEY,
        etag TEXT NOT NULL, last_modified TEXT NOT NULL, content_type TEXT NOT NULL,
        body BLOB NOT NULL,
        used_on TEXT NOT NULL
    ) STRICT;
    CREATE TABLE robots (
        origin TEXT PRIMARY KEY,
        status INTEGER NOT NULL,
        body BLOB NOT NULL,
        fresh_until TEXT NOT NULL
    ) STRICT;
    """,
    )


@raw_migrations()
def files_and_requests(db: Database) -> None:
    """All that a host says of itself, by address; and how often it was asked in a night."""
    _execute(
        db,
        """
    DROP TABLE robots;
    CREATE TABLE host_files (
        url TEXT PRIMARY KEY,
        status INTEGER NOT NULL,
        body BLOB NOT NULL,
        fresh_until TEXT NOT NULL
    ) STRICT;
    CREATE TABLE host_requests (
        origin TEXT NOT NULL,
        night TEXT NOT NULL,
        requests INTEGER NOT NULL,
        PRIMARY KEY (origin, night)
    ) STRICT;
    """,
    )


@raw_migrations()
def what_is_forgotten(db: Database) -> None:
    """Hashes of what a person asked to be removed, so that it does not come back."""
    _execute(
        db,
        """
    CREATE TABLE forgotten (
        hash TEXT PRIMARY KEY,
        words INTEGER NOT NULL,
        salt TEXT NOT NULL,
        forgotten_on TEXT NOT NULL
    ) STRICT;
    """,
    )


@jobs_migrations()
def what_was_said(db: Database) -> None:
    """The lines that a run said of boards in trouble."""
    _execute(
        db,
        """
    CREATE TABLE messages (
        run_id INTEGER NOT NULL REFERENCES runs(id),
        number INTEGER NOT NULL,
        board TEXT,
        message TEXT NOT NULL,
        PRIMARY KEY (run_id, number)
    ) STRICT;
    """,
    )


@jobs_migrations()
def suspect_boards_confirmed(db: Database) -> None:
    """A person may say that a list which was not believed is right."""
    _execute(db, "ALTER TABLE run_boards ADD COLUMN confirmed INTEGER NOT NULL DEFAULT 0;")


@jobs_migrations()
def what_was_told(db: Database) -> None:
    """Up to which run a search's news have been told in a brief."""
    _execute(
        db,
        """
    CREATE TABLE briefs (
        search TEXT NOT NULL,
        run_id INTEGER NOT NULL REFERENCES runs(id),
        written_at TEXT NOT NULL,
        PRIMARY KEY (search, run_id)
    ) STRICT;
    """,
    )


@jobs_migrations()
def health_over_time(db: Database) -> None:
    """Which fields a board's wanted adverts have, night by night; how many posts all sources together have missed."""
    _execute(
        db,
        """
    CREATE TABLE run_fields (
        run_id INTEGER NOT NULL REFERENCES runs(id),
        board TEXT NOT NULL,
        field TEXT NOT NULL,
        filled INTEGER NOT NULL,
        adverts INTEGER NOT NULL,
        alarm INTEGER NOT NULL,
        PRIMARY KEY (board, field, run_id)
    ) STRICT;
    CREATE TABLE run_coverage (
        run_id INTEGER PRIMARY KEY REFERENCES runs(id),
        seen INTEGER NOT NULL,
        once INTEGER NOT NULL,
        twice INTEGER NOT NULL,
        kinds INTEGER NOT NULL,
        least REAL, low REAL, high REAL,
        reason TEXT
    ) STRICT;
    """,
    )


@jobs_migrations()
def orders_of_the_list(db: Database) -> None:
    """One index for each order of the start page, so that any page of it is read without sorting all open jobs."""
    _execute(
        db,
        """
    CREATE INDEX jobs_open_new ON jobs (first_seen, id) WHERE status <> 'closed';
    CREATE INDEX jobs_open_pay ON jobs (coalesce(pay_year_max, pay_year_min, 0), id) WHERE status <> 'closed';
    CREATE INDEX jobs_open_near ON jobs (coalesce(distance_km, 100000), id) WHERE status <> 'closed';
    CREATE INDEX jobs_open_deadline ON jobs (coalesce(apply_by, '9999'), id) WHERE status <> 'closed';
    """,
    )


@jobs_migrations()
def coverage_by_ways(db: Database) -> None:
    """What is estimated is the number of posts, no lower bound; earlier figures came from a rule that overstated it."""
    _execute(
        db,
        """
    ALTER TABLE run_coverage RENAME COLUMN kinds TO ways;
    ALTER TABLE run_coverage RENAME COLUMN least TO posts;
    UPDATE run_coverage SET posts = NULL, low = NULL, high = NULL,
        reason = 'measured by a rule that said too many where kinds of source differ in size' WHERE posts IS NOT NULL;
    """,
    )


@jobs_migrations()
def values_over_time(db: Database) -> None:
    """Between which quartiles a board's wanted adverts lie, night by night: how long their texts are, what they pay."""
    _execute(
        db,
        """
    CREATE TABLE run_spreads (
        run_id INTEGER NOT NULL REFERENCES runs(id),
        board TEXT NOT NULL,
        measure TEXT NOT NULL,
        low REAL NOT NULL,
        high REAL NOT NULL,
        adverts INTEGER NOT NULL,
        alarm INTEGER NOT NULL,
        PRIMARY KEY (board, measure, run_id)
    ) STRICT;
    """,
    )


@jobs_migrations()
def what_searches_ask_for(db: Database) -> None:
    """Each search's role, town and circle; one narrow index of all that the start page narrows by and counts."""
    _execute(
        db,
        """
    CREATE TABLE searches (
        search TEXT PRIMARY KEY,
        role TEXT NOT NULL,
        place TEXT NOT NULL,
        lat REAL NOT NULL,
        lon REAL NOT NULL,
        radius_km REAL NOT NULL
    ) STRICT;
    -- All that the start page asks of an open job: read from end to end in 0.1 s where 350,000 are open (the table
    -- itself takes 1.5 s), or by search_id for what the full-text index has found.
    CREATE INDEX jobs_open_filters ON jobs (search_id, id, level, remote, employer_type, "match", city, employer,
        search, distance_km, pay_year_max, pay_year_min, first_seen, apply_by, status) WHERE status <> 'closed';
    """,
    )


@jobs_migrations()
def names_with_a_number(db: Database) -> None:
    """NIS2, NIS-2 and NIS 2 are found by each other: further spellings of the texts that have such a name."""
    last = -1
    while rows := db.execute(
        "SELECT search_id, title, employer, place, text, spellings FROM job_texts WHERE search_id > ?"
        " ORDER BY search_id LIMIT 1000",
        [last],
    ).fetchall():
        db.conn.executemany(
            "UPDATE job_texts SET spellings = ? WHERE search_id = ?",
            [(new, search_id) for search_id, *texts, old in rows if (new := spellings(*texts)) != old],
        )
        last = rows[-1][0]


@jobs_migrations()
def counted_once_a_run(db: Database) -> None:
    """What goes through all jobs is counted at the end of a run, and kept; what need not has the index it lacked."""
    _execute(
        db,
        f"""
    CREATE TABLE summaries (
        query TEXT PRIMARY KEY,
        counted_at TEXT NOT NULL,
        rows TEXT NOT NULL
    ) STRICT;
    CREATE TABLE employers (
        employer_key TEXT PRIMARY KEY,
        employer TEXT NOT NULL,
        employer_type TEXT,
        open_jobs INTEGER NOT NULL,
        listed_again INTEGER NOT NULL,
        towns TEXT,
        levels TEXT,
        oldest_open_since TEXT NOT NULL,
        newest_open_since TEXT NOT NULL
    ) STRICT;
    CREATE INDEX employers_open ON employers (open_jobs DESC, listed_again DESC, employer);
    CREATE TABLE earlier_listings (
        job_id TEXT PRIMARY KEY,
        listings INTEGER NOT NULL,
        first_seen TEXT NOT NULL
    ) STRICT;
    CREATE TABLE skill_demand (
        skill TEXT PRIMARY KEY,
        skill_group TEXT NOT NULL,
        jobs INTEGER NOT NULL,
        percent_of_open_jobs REAL NOT NULL,
        demanded INTEGER NOT NULL,
        an_advantage INTEGER NOT NULL
    ) STRICT;

    -- Of a million jobs: which closed ones an open one repeats, who waits longest, what is paid: read off an index.
    CREATE INDEX jobs_closed_posts ON jobs (employer_key, title_clean, city, search, closed_on, first_seen)
        WHERE status = 'closed';
    CREATE INDEX jobs_closed_on ON jobs (closed_on DESC, first_seen, title_clean, id) WHERE status = 'closed';
    CREATE INDEX jobs_open_age ON jobs (coalesce(listed_since, first_seen), search_id) WHERE status <> 'closed';
    DROP INDEX jobs_pay;
    CREATE INDEX jobs_paid ON jobs (level, employer_type, pay_basis, pay_year_min, pay_year_max, first_seen)
        WHERE coalesce(pay_year_min, pay_year_max) IS NOT NULL;

    -- As it was, but read job by job: asked for one job or a few, it does not go through the history of all.
    DROP VIEW job_states;
    CREATE VIEW job_states AS
    SELECT s.job_id, s.changed_on AS valid_from,
           (SELECT min(n.changed_on) FROM changes n WHERE n.job_id = s.job_id AND n.changed_on > s.changed_on)
           AS valid_to, {", ".join(_state(*each, day="s.changed_on") for each in _STATES.items())}
    FROM changes s JOIN jobs j ON j.id = s.job_id
    WHERE NOT EXISTS (SELECT 1 FROM changes e WHERE e.job_id = s.job_id AND e.changed_on = s.changed_on
                      AND e.rowid < s.rowid);
    """,
    )


@jobs_migrations()
def new_texts_are_indexed_together(db: Database) -> None:
    """Storage indexes new texts at the end of a transaction: in a trigger each would be a piece of its own.

    Up to 64 pieces wait for the end of a run, which merges them; SQLite's own 16 would be merged in between.
    """
    _execute(
        db,
        """
    DROP TRIGGER job_texts_insert;
    -- By their number behind the key, not by their id: a new job comes at the end of its like, not on a page apart.
    DROP INDEX jobs_open_new;
    DROP INDEX jobs_open_pay;
    DROP INDEX jobs_open_near;
    DROP INDEX jobs_open_deadline;
    CREATE INDEX jobs_open_new ON jobs (first_seen, search_id) WHERE status <> 'closed';
    CREATE INDEX jobs_open_pay ON jobs (coalesce(pay_year_max, pay_year_min, 0), search_id) WHERE status <> 'closed';
    CREATE INDEX jobs_open_near ON jobs (coalesce(distance_km, 100000), search_id) WHERE status <> 'closed';
    CREATE INDEX jobs_open_deadline ON jobs (coalesce(apply_by, '9999'), search_id) WHERE status <> 'closed';
    INSERT INTO jobs_fts (jobs_fts, rank) VALUES ('crisismerge', 64);
    """,
    )


@jobs_migrations()
def boards_by_name(db: Database) -> None:
    """What a board's last nights were is asked once a board: without this index each asked for all boards' nights."""
    _execute(db, "CREATE INDEX run_boards_board ON run_boards (board, run_id);")
