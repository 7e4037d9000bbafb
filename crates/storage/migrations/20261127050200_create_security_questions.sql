CREATE TABLE security_question (
    id TEXT PRIMARY KEY,
    -- Where it stands among the others.
    position BIGINT NOT NULL,
    -- A JSON object: texts by language tag; that of the empty tag is for everyone.
    texts TEXT NOT NULL,
    modified_at BIGINT NOT NULL
);

-- What people answered, as a slow hash under the pepper.
CREATE TABLE security_answer (
    identity_id TEXT NOT NULL REFERENCES identity (id) ON DELETE CASCADE,
    question_id TEXT NOT NULL REFERENCES security_question (id) ON DELETE CASCADE,
    salt TEXT NOT NULL,
    digest TEXT NOT NULL,
    answered_at BIGINT NOT NULL,
    PRIMARY KEY (identity_id, question_id)
);

CREATE INDEX security_answer_by_question ON security_answer (question_id);
