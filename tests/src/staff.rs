use crate::{Answer, Bot};
use anyhow::{Context, ensure};
use hyper::Method;

/// A member of staff at a browser: a cookie, and the token that every form carries.
pub struct Staff<'a> {
    bot: &'a Bot,
    pub cookie: String,
    csrf: String,
}

/// The password of the demo city's staff.
pub const PASSWORD: &str = "aoba-demo-2026";

impl<'a> Staff<'a> {
    pub async fn log_in(bot: &'a Bot, login: &str, password: &str) -> anyhow::Result<Self> {
        let answer = try_log_in(bot, login, password).await?;
        ensure!(answer.status == 303, "{login}: {}", answer.status);
        Self::holding(bot, &answer).await
    }

    /// Whoever got this answer's cookie. Where only the code is asked for, the token is that page's.
    pub async fn holding(bot: &'a Bot, answer: &Answer) -> anyhow::Result<Self> {
        let cookie = answer.headers.get("set-cookie").and_then(|value| value.to_str().ok()).context("a cookie")?;
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        let mut staff = Self { bot, cookie, csrf: String::new() };
        let mut page = staff.get("/backoffice/own").await?;
        if let Some(place) = page.headers.get("location").and_then(|value| value.to_str().ok()) {
            let place = place.to_owned();
            page = staff.get(&place).await?;
        }
        let page = page.text();
        staff.csrf = field(&page, "csrf").context("a token")?;
        Ok(staff)
    }

    pub async fn get(&self, path: &str) -> anyhow::Result<Answer> {
        self.bot.http.send(Method::GET, path, &[("cookie", &self.cookie)], "".into()).await
    }

    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> anyhow::Result<Answer> {
        let fields: Vec<(&str, &str)> = fields.iter().copied().chain([("csrf", self.csrf.as_str())]).collect();
        self.post_as_is(path, &fields).await
    }

    /// Without the form's token.
    pub async fn post_as_is(&self, path: &str, fields: &[(&str, &str)]) -> anyhow::Result<Answer> {
        self.bot.http.send(Method::POST, path, &[("cookie", &self.cookie), ("content-type", FORM)], encoded(fields).into()).await
    }

    /// A form with a file.
    pub async fn post_file(&self, path: &str, fields: &[(&str, &str)], (name, bytes): (&str, &[u8])) -> anyhow::Result<Answer> {
        const LINE: &str = "madoguchi-test-boundary";
        let mut body = Vec::new();
        for (field, value) in fields.iter().copied().chain([("csrf", self.csrf.as_str())]) {
            body.extend_from_slice(format!("--{LINE}\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n").as_bytes());
        }
        body.extend_from_slice(format!("--{LINE}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n").as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(format!("\r\n--{LINE}--\r\n").as_bytes());
        let kind = format!("multipart/form-data; boundary={LINE}");
        self.bot.http.send(Method::POST, path, &[("cookie", &self.cookie), ("content-type", &kind)], body.into()).await
    }

    /// The conversation whose last words these are.
    pub async fn talk(&self, words: &str) -> anyhow::Result<String> {
        let page = self.get("/backoffice/aoba?box=all").await?.text();
        let before = page.split(words).next().filter(|before| before.len() < page.len()).with_context(|| format!("{words} is in no list: {page}"))?;
        let address = before.rsplit("href=\"").find(|part| part.contains("/talks/")).context("a link")?;
        Ok(address.split(['?', '"']).next().unwrap_or_default().to_owned())
    }

    /// Answers in a conversation, having seen it as it is now.
    pub async fn reply(&self, talk: &str, text: &str) -> anyhow::Result<Answer> {
        let page = self.get(talk).await?.text();
        let (seen, form) = (field(&page, "seen").context("seen")?, field(&page, "form").context("form")?);
        self.post(&format!("{talk}/reply"), &[("text", text), ("seen", &seen), ("form", &form)]).await
    }
}

const FORM: &str = "application/x-www-form-urlencoded";

pub async fn try_log_in(bot: &Bot, login: &str, password: &str) -> anyhow::Result<Answer> {
    let fields = encoded(&[("city", "aoba"), ("login", login), ("password", password)]);
    bot.http.send(Method::POST, "/backoffice/login", &[("content-type", FORM)], fields.into()).await
}

/// The value of a hidden field.
pub fn field(page: &str, name: &str) -> Option<String> {
    let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\""))?;
    Some(rest.split('"').next().unwrap_or_default().to_owned())
}

fn encoded(fields: &[(&str, &str)]) -> String {
    let escape = |text: &str| text.bytes().map(|b| format!("%{b:02X}")).collect::<String>();
    fields.iter().map(|(name, value)| format!("{}={}", escape(name), escape(value))).collect::<Vec<_>>().join("&")
}
