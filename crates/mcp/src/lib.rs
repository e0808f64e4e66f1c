//! The Model Context Protocol: messages, both eras, header rules, event-stream frames: pure.
