use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey},
    hmac,
    rand,
};
use std::{fmt, fs, io::Write, os::unix::fs::OpenOptionsExt, path::Path, sync::Arc};

/// The installation's key: it wraps the cities' keys, which wrap the residents' keys. It lives in a file outside the
/// database; whoever has only the database, or only a backup of it, reads nothing that is sealed.
#[derive(Clone)]
pub struct Vault(Key);

/// A key that seals. AES-256-GCM; the nonce is random and stands before the ciphertext.
#[derive(Clone)]
pub struct Key {
    seals: Arc<RandomizedNonceKey>,
    /// Made from the same bytes, for keyed hashes.
    hashes: hmac::Key,
}

#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    #[error("the key file {path}: {problem}")]
    File { path: String, problem: String },
    #[error("sealed data cannot be opened: it was changed, or sealed with another key")]
    Broken,
    #[error("the system gave no random numbers")]
    NoRandom,
}

const KEY_LEN: usize = 32;

impl Vault {
    /// Reads the key file; makes one (readable by its owner only) if there is none.
    pub fn open_or_create(path: &Path) -> Result<Self, VaultError> {
        let file_error = |problem: String| VaultError::File { path: path.display().to_string(), problem };
        match fs::read_to_string(path) {
            Ok(text) => Self::from_hex(text.trim()).ok_or_else(|| file_error("must hold 64 hexadecimal digits".into())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let bytes = random_key()?;
                let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
                let made = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
                match made {
                    Ok(mut file) => {
                        file.write_all(hex.as_bytes()).and_then(|()| file.sync_all()).map_err(|e| file_error(e.to_string()))?;
                        Ok(Self(Key::new(&bytes)?))
                    }
                    // Another process was faster.
                    Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Self::open_or_create(path),
                    Err(error) => Err(file_error(error.to_string())),
                }
            }
            Err(error) => Err(file_error(error.to_string())),
        }
    }

    /// A key from 64 hexadecimal digits.
    pub fn from_hex(text: &str) -> Option<Self> {
        if text.len() != 2 * KEY_LEN || !text.is_ascii() {
            return None;
        }
        let bytes: Option<Vec<u8>> =
            (0..KEY_LEN).map(|n| u8::from_str_radix(&text[2 * n..2 * n + 2], 16).ok()).collect();
        Key::new(&bytes?).ok().map(Self)
    }

    /// Makes a key and wraps it for `owner`.
    pub fn new_key(&self, owner: &str) -> Result<Vec<u8>, VaultError> {
        self.0.new_key(owner)
    }

    pub fn unwrap(&self, wrapped: &[u8], owner: &str) -> Result<Key, VaultError> {
        self.0.unwrap(wrapped, owner)
    }
}

impl Key {
    fn new(bytes: &[u8]) -> Result<Self, VaultError> {
        let seals = Arc::new(RandomizedNonceKey::new(&AES_256_GCM, bytes).map_err(|_| VaultError::Broken)?);
        let derived = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, bytes), b"madoguchi/index");
        Ok(Self { seals, hashes: hmac::Key::new(hmac::HMAC_SHA256, derived.as_ref()) })
    }

    /// Makes a key below this one, wrapped for `owner`. Only who has this key and names the same owner opens it.
    pub fn new_key(&self, owner: &str) -> Result<Vec<u8>, VaultError> {
        self.seal(&random_key()?, owner)
    }

    pub fn unwrap(&self, wrapped: &[u8], owner: &str) -> Result<Key, VaultError> {
        Key::new(&self.open(wrapped, owner)?)
    }

    /// `place` names what this is and where it belongs; sealed data moved elsewhere does not open.
    pub fn seal(&self, plain: &[u8], place: &str) -> Result<Vec<u8>, VaultError> {
        let mut body = plain.to_vec();
        let nonce = self
            .seals
            .seal_in_place_append_tag(Aad::from(place.as_bytes()), &mut body)
            .map_err(|_| VaultError::NoRandom)?;
        let mut sealed = nonce.as_ref().to_vec();
        sealed.append(&mut body);
        Ok(sealed)
    }

    /// A keyed hash, to find something by equality without keeping it. `place` keeps the same value apart in different tables.
    pub fn index(&self, place: &str, plain: &[u8]) -> Vec<u8> {
        let mut context = hmac::Context::with_key(&self.hashes);
        context.update(place.as_bytes());
        context.update(&[0]);
        context.update(plain);
        context.sign().as_ref().to_vec()
    }

    pub fn open(&self, sealed: &[u8], place: &str) -> Result<Vec<u8>, VaultError> {
        let (nonce, body) = sealed.split_at_checked(NONCE_LEN).ok_or(VaultError::Broken)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| VaultError::Broken)?;
        let mut body = body.to_vec();
        let plain = self.seals.open_in_place(nonce, Aad::from(place.as_bytes()), &mut body).map_err(|_| VaultError::Broken)?.len();
        body.truncate(plain);
        Ok(body)
    }
}

fn random_key() -> Result<[u8; KEY_LEN], VaultError> {
    let mut bytes = [0; KEY_LEN];
    rand::fill(&mut bytes).map_err(|_| VaultError::NoRandom)?;
    Ok(bytes)
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault")
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_only_with_its_key_and_in_its_place() {
        let vault = Vault::from_hex(&"0f".repeat(32)).expect("a key");
        let wrapped = vault.new_key("aoba").expect("random numbers");
        let key = vault.unwrap(&wrapped, "aoba").expect("its own");
        let sealed = key.seal("さくら町".as_bytes(), "state/1").expect("sealed");
        assert_eq!(key.open(&sealed, "state/1").expect("opens"), "さくら町".as_bytes());
        assert!(key.open(&sealed, "state/2").is_err());
        assert!(vault.unwrap(&wrapped, "midori").is_err());
        assert!(key.open(&sealed[..5], "state/1").is_err());
    }

    #[test]
    fn a_key_file_is_made_once_and_read_again() {
        let dir = std::env::temp_dir().join(format!("madoguchi-vault-{}", std::process::id()));
        fs::create_dir_all(&dir).expect("a folder");
        let path = dir.join("master.key");
        let wrapped = Vault::open_or_create(&path).expect("made").new_key("x").expect("random numbers");
        assert!(Vault::open_or_create(&path).expect("read").unwrap(&wrapped, "x").is_ok());
        fs::write(&path, "short").expect("written");
        assert!(Vault::open_or_create(&path).unwrap_err().to_string().contains("64 hexadecimal"));
        fs::remove_dir_all(&dir).expect("removed");
    }
}
