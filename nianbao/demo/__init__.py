"""A pretend portal that ships with nianbao: `nianbao demo` crawls it over real sockets, with no network."""
