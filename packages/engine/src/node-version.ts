// Older versions of Node fail at node:sqlite, with an error that names neither this package nor the version that it needs. The check
// is a file of its own in both builds and the first import of every entry, because imports run before any statement.
import "./node-version.cjs";
