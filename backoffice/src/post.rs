use crate::{Office, error::Refusal, door::Me};
use axum::{
    Form,
    extract::{FromRequest, FromRequestParts, Multipart, Request},
    http::header,
};

/// A form that was sent by somebody who is logged in, from a page of ours.
pub struct Posted {
    pub me: Me,
    fields: Vec<(String, String)>,
    pub file: Option<Uploaded>,
}

/// A file that came with a form.
pub struct Uploaded {
    pub name: String,
    pub bytes: Vec<u8>,
}

async fn multipart(request: Request, office: &Office) -> Result<(Vec<(String, String)>, Option<Uploaded>), Refusal> {
    let unreadable = |_| Refusal::Bad("送られた内容を読めませんでした。ファイルが大きすぎるかもしれません。");
    let mut parts = Multipart::from_request(request, office).await.map_err(|_| Refusal::Bad("送られた内容を読めませんでした。"))?;
    let (mut fields, mut file) = (Vec::new(), None);
    while let Some(part) = parts.next_field().await.map_err(unreadable)? {
        let name = part.name().unwrap_or_default().to_owned();
        match part.file_name().map(str::to_owned) {
            Some(file_name) => {
                let bytes = part.bytes().await.map_err(unreadable)?;
                // A form whose file was left out sends an empty one.
                if !bytes.is_empty() {
                    file = Some(Uploaded { name: file_name, bytes: bytes.to_vec() });
                }
            }
            None => fields.push((name, part.text().await.map_err(unreadable)?)),
        }
    }
    Ok((fields, file))
}

impl FromRequest<Office> for Posted {
    type Rejection = Refusal;

    async fn from_request(request: Request, office: &Office) -> Result<Self, Refusal> {
        let (mut parts, body) = request.into_parts();
        let me = Me::from_request_parts(&mut parts, office).await?;
        let request = Request::from_parts(parts, body);
        let in_parts = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).is_some_and(|kind| kind.starts_with("multipart/form-data"));
        let (fields, file) = if in_parts {
            multipart(request, office).await?
        } else {
            let Form(fields) = Form::<Vec<(String, String)>>::from_request(request, office).await.map_err(|_| Refusal::Bad("送られた内容を読めませんでした。"))?;
            (fields, None)
        };
        let posted = Self { me, fields, file };
        if posted.me.holds_token(posted.get("csrf")) { Ok(posted) } else { Err(Refusal::Token) }
    }
}

impl Posted {
    /// A field; empty when it is not there. What the database cannot hold is left out.
    pub fn get(&self, name: &str) -> &str {
        self.fields.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.as_str())
    }

    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// A text of a person: without U+0000, with one kind of line end, not longer than `most` characters.
    pub fn text(&self, name: &str, most: usize) -> Result<String, Refusal> {
        let text = self.get(name).replace('\0', "").replace("\r\n", "\n");
        let text = text.trim();
        if text.chars().count() > most { Err(Refusal::Bad("長すぎます。短くして送り直してください。")) } else { Ok(text.to_owned()) }
    }
}

/// Nobody was logged in at login: the page's own token is no help there; the browser says where the form came from.
pub fn from_our_page(headers: &axum::http::HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_none_or(|site| site == "same-origin" || site == "none")
}

