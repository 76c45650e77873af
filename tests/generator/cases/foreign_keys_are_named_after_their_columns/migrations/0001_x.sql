CREATE TABLE users (id int PRIMARY KEY);
CREATE TABLE documents (
    id int PRIMARY KEY,
    parent_id int REFERENCES documents,
    created_by int NOT NULL REFERENCES users,
    updated_by int REFERENCES users,
    "Owner ID" int NOT NULL REFERENCES users DEFERRABLE
);
CREATE TABLE profiles (id int PRIMARY KEY REFERENCES users);
