use serde::{Deserialize, Serialize};

/// A point on the earth in degrees (WGS 84 / JGD2011; the difference does not matter to someone on foot).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point {
    pub lat: f64,
    pub lng: f64,
}

impl Point {
    /// `None` unless both are finite and on the globe.
    pub fn new(lat: f64, lng: f64) -> Option<Self> {
        (lat.is_finite() && lng.is_finite() && lat.abs() <= 90.0 && lng.abs() <= 180.0)
            .then_some(Self { lat, lng })
    }

    /// Great-circle distance in metres (haversine; mean earth radius 6,371,008.8 m).
    pub fn metres_to(self, other: Point) -> f64 {
        const RADIUS: f64 = 6_371_008.8;
        let (a, b) = (self.lat.to_radians(), other.lat.to_radians());
        let half_lat = (b - a) / 2.0;
        let half_lng = (other.lng - self.lng).to_radians() / 2.0;
        let h = half_lat.sin().powi(2) + a.cos() * b.cos() * half_lng.sin().powi(2);
        2.0 * RADIUS * h.sqrt().min(1.0).asin()
    }

    /// A link that opens a walking route to here in whatever map the resident's device has.
    pub fn route_url(self) -> String {
        format!(
            "https://www.google.com/maps/dir/?api=1&destination={:.6},{:.6}&travelmode=walking",
            self.lat, self.lng
        )
    }
}

/// A rectangle of degrees, edges included.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bounds {
    pub south: f64,
    pub west: f64,
    pub north: f64,
    pub east: f64,
}

impl Bounds {
    /// Whether `point` lies within, widened by `margin` degrees on every side.
    pub fn contains(&self, point: Point, margin: f64) -> bool {
        (self.south - margin..=self.north + margin).contains(&point.lat)
            && (self.west - margin..=self.east + margin).contains(&point.lng)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_degree_of_latitude_is_111_km() {
        let a = Point::new(34.0, 135.0).expect("on the globe");
        let b = Point::new(35.0, 135.0).expect("on the globe");
        assert!((a.metres_to(b) - 111_195.0).abs() < 10.0);
    }

    #[test]
    fn points_off_the_globe_are_refused() {
        assert_eq!(Point::new(f64::NAN, 135.0), None);
        assert_eq!(Point::new(91.0, 135.0), None);
    }
}
