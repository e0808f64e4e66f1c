//! The words of HTML, for a model to read: what a browser would show as text, with line breaks where blocks end and with the
//! addresses of links. Nothing is run, loaded or checked; text that is no HTML comes out as it went in, but for white space.

/// The longest address that is told beside a link's words: what is longer follows people and tells nothing.
const LONGEST_LINK: usize = 500;

/// Elements whose content nobody sees.
const UNSEEN: [&str; 6] = ["head", "script", "style", "template", "title", "noscript"];

/// Elements that begin and end a line.
const BLOCKS: [&str; 30] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "br",
    "center",
    "dd",
    "div",
    "dl",
    "dt",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "tr",
    "ul",
];

/// Blocks with an empty line around them.
const APART: [&str; 12] = [
    "blockquote",
    "dl",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "ol",
    "p",
    "table",
    "ul",
];

/// Named characters that letters and pages use most (HTML, 13.5).
const NAMED: [(&str, &str); 37] = [
    ("amp", "&"),
    ("lt", "<"),
    ("gt", ">"),
    ("quot", "\""),
    ("apos", "'"),
    ("nbsp", " "),
    ("ensp", " "),
    ("emsp", " "),
    ("thinsp", " "),
    ("zwnj", ""),
    ("zwj", ""),
    ("shy", ""),
    ("ndash", "–"),
    ("mdash", "—"),
    ("hellip", "…"),
    ("bull", "•"),
    ("middot", "·"),
    ("lsquo", "‘"),
    ("rsquo", "’"),
    ("ldquo", "“"),
    ("rdquo", "”"),
    ("sbquo", "‚"),
    ("bdquo", "„"),
    ("laquo", "«"),
    ("raquo", "»"),
    ("copy", "©"),
    ("reg", "®"),
    ("trade", "™"),
    ("euro", "€"),
    ("pound", "£"),
    ("auml", "ä"),
    ("ouml", "ö"),
    ("uuml", "ü"),
    ("szlig", "ß"),
    ("eacute", "é"),
    ("egrave", "è"),
    ("times", "×"),
];

/// What a person would read of a page or a letter.
pub(crate) fn words(html: &str) -> String {
    let mut page = Page::default();
    let mut rest = html;
    while let Some((text, after)) = rest.split_once('<') {
        page.text(text);
        rest = if let Some((tag, behind)) = Tag::read(after) {
            page.tag(&tag, behind)
        } else {
            // A `<` that opens nothing is itself.
            page.text("<");
            after
        };
    }
    page.text(rest);
    page.finish()
}

/// A tag, a comment or a declaration.
struct Tag<'h> {
    /// In lower case; empty for what is no element.
    name: String,
    closes: bool,
    attributes: &'h str,
}

impl<'h> Tag<'h> {
    /// Reads what stands behind a `<`; with it, what comes after the tag.
    fn read(text: &'h str) -> Option<(Self, &'h str)> {
        if let Some(comment) = text.strip_prefix("!--") {
            let behind = comment.split_once("-->").map_or("", |(_, behind)| behind);
            return Some((Self::nothing(), behind));
        }
        let first = text.chars().next()?;
        if !(first.is_ascii_alphabetic() || matches!(first, '/' | '!' | '?')) {
            return None;
        }
        let end = end_of_tag(text);
        let (inside, behind) = text.split_at_checked(end)?;
        let behind = behind.strip_prefix('>').unwrap_or(behind);
        if matches!(first, '!' | '?') {
            return Some((Self::nothing(), behind));
        }
        let closes = first == '/';
        let inside = inside.trim_start_matches('/');
        let split = inside
            .find(|letter: char| letter.is_whitespace() || letter == '/')
            .unwrap_or(inside.len());
        let (name, attributes) = inside.split_at_checked(split)?;
        let tag = Self {
            name: name.to_ascii_lowercase(),
            closes,
            attributes,
        };
        Some((tag, behind))
    }

    fn nothing() -> Self {
        Self {
            name: String::new(),
            closes: false,
            attributes: "",
        }
    }

    /// The address of a link that leads out of the page.
    fn address(&self) -> Option<String> {
        let lower = self.attributes.to_ascii_lowercase();
        let (at, _) = lower.match_indices("href").find(|(at, _)| {
            lower
                .get(..*at)
                .is_some_and(|before| before.ends_with(char::is_whitespace))
        })?;
        let value = self
            .attributes
            .get(at + 4..)?
            .trim_start()
            .strip_prefix('=')?
            .trim_start();
        let address = match value.chars().next()? {
            quote @ ('"' | '\'') => value.get(1..)?.split(quote).next()?,
            _ => value.split_whitespace().next()?,
        };
        let address = unescaped(address.trim());
        let leads = ["http://", "https://", "mailto:", "tel:"];
        let fits = address.len() <= LONGEST_LINK && leads.iter().any(|start| address.starts_with(start));
        fits.then_some(address)
    }
}

/// Where a tag ends: at its `>`, which may also stand inside quotes and means nothing there.
fn end_of_tag(text: &str) -> usize {
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate() {
        match (byte, quote) {
            (b'>', None) => return at,
            (b'"' | b'\'', None) => quote = Some(byte),
            (byte, Some(open)) if byte == open => quote = None,
            _ => {}
        }
    }
    // A quote that nothing closes was none.
    text.find('>').unwrap_or(text.len())
}

/// The text so far.
#[derive(Default)]
struct Page {
    out: String,
    /// Line breaks that come before the next word: 0, 1 or 2.
    breaks: usize,
    space: bool,
    /// How many `pre` are open.
    verbatim: usize,
    /// The link under way: where its words begin, and where it leads. Links hold no links.
    link: Option<(usize, String)>,
}

impl Page {
    fn text(&mut self, text: &str) {
        let text = if text.contains('&') {
            unescaped(text)
        } else {
            text.to_owned()
        };
        for letter in text.chars() {
            match letter {
                // What letters are padded with so that mail programs show nothing of them.
                '\u{200b}'..='\u{200f}' | '\u{ad}' | '\u{34f}' | '\u{feff}' | '\u{2060}' => {}
                '\n' if self.verbatim > 0 => self.out.push('\n'),
                letter if letter.is_whitespace() && self.verbatim == 0 => self.space = true,
                letter if letter.is_control() && letter != '\t' => {}
                letter => {
                    self.part();
                    self.out.push(letter);
                }
            }
        }
    }

    /// Writes the white space that is due before a word.
    fn part(&mut self) {
        if !self.out.is_empty() {
            if self.breaks > 0 {
                self.out.extend(std::iter::repeat_n('\n', self.breaks));
            } else if self.space {
                self.out.push(' ');
            }
        }
        self.breaks = 0;
        self.space = false;
    }

    /// Goes over a tag; gives where to read on.
    fn tag<'h>(&mut self, tag: &Tag<'_>, behind: &'h str) -> &'h str {
        let name = tag.name.as_str();
        if !tag.closes && UNSEEN.contains(&name) {
            return after_closing(behind, name);
        }
        match (name, tag.closes) {
            ("a", false) => self.link = tag.address().map(|address| (self.out.len(), address)),
            ("a", true) => self.close_link(),
            ("pre", false) => self.verbatim += 1,
            ("pre", true) => self.verbatim = self.verbatim.saturating_sub(1),
            ("td" | "th", false) => self.space = true,
            _ => {}
        }
        if BLOCKS.contains(&name) {
            // Each `br` is a break of its own.
            let due = match name {
                "br" => self.breaks + 1,
                _ if APART.contains(&name) => 2,
                _ => 1,
            };
            self.breaks = self.breaks.max(due).min(2);
        }
        if name == "li" && !tag.closes {
            self.part();
            self.out.push('-');
            self.space = true;
        }
        behind
    }

    fn close_link(&mut self) {
        let Some((start, address)) = self.link.take() else {
            return;
        };
        let words = self.out.get(start..).unwrap_or_default().trim();
        let bare = address.trim_start_matches("mailto:").trim_start_matches("tel:");
        if !words.is_empty() && words != bare && words != address {
            self.out.push_str(" (");
            self.out.push_str(bare);
            self.out.push(')');
        }
    }

    fn finish(self) -> String {
        let lines = self.out.lines().map(str::trim_end);
        lines.collect::<Vec<_>>().join("\n").trim().to_owned()
    }
}

/// What stands behind the end of an element whose content nobody sees; nothing where it does not end.
fn after_closing<'h>(text: &'h str, name: &str) -> &'h str {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("</") {
        let is_it = after
            .get(..name.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(name));
        if is_it {
            return after.split_once('>').map_or("", |(_, behind)| behind);
        }
        rest = after;
    }
    ""
}

/// A text with its references to characters resolved. What is none stays as it is.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let end = after.bytes().take(12).position(|byte| byte == b';');
        let name = end.and_then(|end| after.get(..end)).unwrap_or_default();
        let found = numbered(name).or_else(|| {
            let known = NAMED.iter().find(|(known, _)| *known == name);
            known.map(|(_, text)| (*text).to_owned())
        });
        if let (Some(character), Some(end)) = (found, end) {
            out.push_str(&character);
            rest = after.get(end + 1..).unwrap_or_default();
        } else {
            out.push('&');
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

/// `#8217` or `#x2019`.
fn numbered(name: &str) -> Option<String> {
    let number = name.strip_prefix('#')?;
    let code = match number.strip_prefix(['x', 'X']) {
        Some(digits) => u32::from_str_radix(digits, 16),
        None => number.parse(),
    };
    char::from_u32(code.ok()?).map(String::from)
}

#[cfg(test)]
mod tests {
    use super::words;
    use proptest::prelude::*;

    #[test]
    fn a_letter_reads_as_a_person_would_read_it() {
        let letter = "<!DOCTYPE html><html><head><title>Offer</title><style>p { color: red }</style></head><body>\
                      <!-- hidden > --><div style='display:none'>&#8203;&zwnj;</div>\
                      <p>Dear Ben,</p>\n<p>your <b>order</b>&nbsp;is on&#32;its way &mdash; <a href=\"https://a.example/t?x=1&amp;y=2\">follow\n it</a>.</p>\
                      <ul><li>2 &times; Tea</li><li>1 > Cup</li></ul>\
                      <table><tr><td>Sum</td><td>12 &euro;</td></tr></table>\
                      <pre>a\n  b</pre>Ann<br>Bob<script>alert('<p>')</script></body></html>";
        assert_eq!(
            words(letter),
            "Dear Ben,\n\nyour order is on its way — follow it (https://a.example/t?x=1&y=2).\n\n- 2 × Tea\n- 1 > Cup\n\n\
             Sum 12 €\n\na\n  b\nAnn\nBob"
        );
    }

    #[test]
    fn links_are_told_where_they_say_more_than_their_words() {
        let long = format!("<a href='https://a.example/{}'>far</a>", "x".repeat(600));
        for (html, wanted) in [
            (
                "<a href=\"https://a.example\">https://a.example</a>",
                "https://a.example",
            ),
            ("<a href=mailto:a@b.example>a@b.example</a>", "a@b.example"),
            (
                "<a data-href='https://x.example' HREF = 'https://a.example'>A</a>",
                "A (https://a.example)",
            ),
            ("<a href=\"javascript:alert(1)\">A</a>", "A"),
            ("<a href=\"#top\">A</a> <a>B</a></a>", "A B"),
            ("<a href='https://a.example'><img src='x'></a>", ""),
            (long.as_str(), "far"),
        ] {
            assert_eq!(words(html), wanted, "{html}");
        }
    }

    #[test]
    fn what_is_broken_or_no_html_loses_no_words() {
        for (html, wanted) in [
            ("plain text", "plain text"),
            ("a < b && c > d", "a < b && c > d"),
            ("1 <2 <", "1 <2 <"),
            ("<p title=\"a>b\">x", "x"),
            ("<p title=\"a>x", "x"),
            ("a<b", "a"),
            ("a &#xD800; &#0; &bogus; &amp", "a &#xD800; &bogus; &amp"),
            ("<p>a<p>b</div></div>c", "a\n\nb\nc"),
            ("a<br><br><br>b", "a\n\nb"),
            ("<title>x", ""),
            ("<!-- x", ""),
        ] {
            assert_eq!(words(html), wanted, "{html}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_in_time_and_grows_little(html in "[a-z<>/&;#\"'= !é-]{0,200}") {
            let text = words(&html);
            prop_assert!(text.len() <= html.len() * 3 + 16);
        }
    }
}
