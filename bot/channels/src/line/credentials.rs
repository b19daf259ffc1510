use model::CityId;

/// A city's LINE channel.
#[derive(Clone)]
pub struct Credentials {
    pub channel_secret: String,
    pub access_token: String,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Credentials")
    }
}

/// Where the credentials of cities come from.
pub trait LineCredentials: Send + Sync {
    /// `Ok(None)`: there is such a city, but it has no LINE channel. `Err`: there is no such city.
    fn of(&self, city: &CityId) -> Result<Option<Credentials>, NoSuchCity>;
}

#[derive(Debug)]
pub struct NoSuchCity;
