//! Lists the connector files of the workspace, so that they are embedded without anyone naming them.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let manifest =
        env::var_os("CARGO_MANIFEST_DIR").ok_or_else(|| io::Error::other("no manifest directory"))?;
    let out = env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("no output directory"))?;
    let folder = Path::new(&manifest).join("../../connectors").canonicalize()?;
    let mut text = String::new();
    list(&mut text, "CONNECTORS", &folder)?;
    list(&mut text, "EXAMPLES", &folder.join("examples"))?;
    fs::write(Path::new(&out).join("built_in.rs"), text)
}

/// Writes a constant with the name and the text of every TOML file of a folder.
fn list(text: &mut String, name: &str, folder: &Path) -> io::Result<()> {
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            files.push(path);
        }
    }
    files.sort();
    writeln!(text, "const {name}: &[(&str, &str)] = &[").map_err(io::Error::other)?;
    for path in files {
        let stem = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let full = path.display().to_string();
        println!("cargo::rerun-if-changed={full}");
        writeln!(text, "    ({stem:?}, include_str!({full:?})),").map_err(io::Error::other)?;
    }
    writeln!(text, "];").map_err(io::Error::other)
}
