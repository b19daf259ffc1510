use super::check::Check;
use super::node::Node;

/// Something that LINE itself fetches: HTTPS, up to 2,000 characters.
pub fn resource(check: &mut Check, node: &Node) {
    inspect(check, node, 2_000, &["https"]);
}

/// Something that a tap opens, up to 1,000 characters.
pub fn opened(check: &mut Check, node: &Node) {
    inspect(check, node, 1_000, &["http", "https", "line", "tel"]);
}

fn inspect(check: &mut Check, node: &Node, max: usize, schemes: &[&str]) {
    let Some(uri) = node.text() else {
        return check.fail(node, if node.present() { "must be a string" } else { "must be specified" });
    };
    if uri.encode_utf16().count() > max {
        return check.fail(node, format!("Length must be between 0 and {max}"));
    }
    let Some((scheme, rest)) = uri.split_once(':') else { return check.fail(node, "invalid uri") };
    if !schemes.contains(&scheme) {
        return check.fail(node, "invalid uri scheme");
    }
    // Anything outside ASCII must come percent-encoded (as UTF-8).
    let clean = uri.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'"' | b'<' | b'>' | b'\\' | b'^' | b'`'));
    if !clean || !percent_encoded(rest) || !complete(scheme, rest) {
        check.fail(node, "invalid uri");
    }
}

/// Whether what follows the scheme can be what it must be.
fn complete(scheme: &str, rest: &str) -> bool {
    match scheme {
        "tel" => {
            rest.bytes().any(|b| b.is_ascii_digit())
                && rest.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'#' | b'*' | b'(' | b')'))
        }
        _ => rest.strip_prefix("//").is_some_and(|rest| !rest.is_empty() && !rest.starts_with(['/', '?', '#', ':'])),
    }
}

/// Every `%` begins two hexadecimal digits.
fn percent_encoded(text: &str) -> bool {
    text.split('%').skip(1).all(|after| after.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2)
}
