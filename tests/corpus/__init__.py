"""Bodies that every wire must take or refuse, made from RFC 8259."""
