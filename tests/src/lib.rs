//! What crosses rooms: the same cases on every host, who may name whom, tidiness.
