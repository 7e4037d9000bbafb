-- Administrators' own texts for pages, sanitised before they are written; the locale is in lower case, or 'default'.
CREATE TABLE custom_password_instruction (
    page_id TEXT NOT NULL,
    locale TEXT NOT NULL,
    content TEXT NOT NULL,
    modified_at BIGINT NOT NULL,
    PRIMARY KEY (page_id, locale)
);
