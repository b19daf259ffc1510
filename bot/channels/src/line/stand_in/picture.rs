use super::{lock, recent::Recent};
use bytes::Bytes;
use std::sync::Mutex;

/// One transparent pixel as PNG, for media that were announced without any bytes.
const PIXEL: &[u8] = &[
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52, 0x00, 0x00, 0x00,
    0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x06, 0x00, 0x00, 0x00, 0x1f, 0x15, 0xc4, 0x89, 0x00, 0x00, 0x00, 0x0b, 0x49,
    0x44, 0x41, 0x54, 0x78, 0xda, 0x63, 0x60, 0x00, 0x02, 0x00, 0x00, 0x05, 0x00, 0x01, 0xe9, 0xfa, 0xdc, 0xd8, 0x00,
    0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82,
];

/// What users sent as media, by message id.
pub struct Pictures(Mutex<Recent<Picture>>);

#[derive(Clone)]
pub struct Picture {
    pub content_type: String,
    pub bytes: Bytes,
}

impl Picture {
    pub fn pixel() -> Self {
        Self { content_type: "image/png".to_owned(), bytes: Bytes::from_static(PIXEL) }
    }
}

impl Default for Pictures {
    /// 100 of at most 10 MB each, as the platform limits a picture.
    fn default() -> Self {
        Self(Mutex::new(Recent::new(100)))
    }
}

impl Pictures {
    pub fn keep(&self, message_id: String, picture: Picture) {
        lock(&self.0).insert(message_id, picture);
    }

    pub fn get(&self, message_id: &str) -> Option<Picture> {
        lock(&self.0).get(message_id).cloned()
    }
}
