use model::Yen;
use serde::{Deserialize, Serialize};

/// How a city takes money and gives it back (`[payments]` in its `city.toml`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PaymentSettings {
    /// The providers that residents choose from, in this order: stripe, paypay; sandbox moves no money and is for trying out.
    pub providers: Vec<String>,
    /// Minutes that a link to pay is good for, where nothing is reserved that ends before.
    pub link_minutes: u32,
    /// Seconds until the provider is asked for the first time whether money came; later the pauses double. Notices make it sooner.
    pub check_seconds: u32,
    /// A member of staff says yes to every refund first.
    pub approval: bool,
    /// What of the price goes back when something is cancelled so many days before or earlier. None: all of it, always.
    pub refund: Vec<RefundRule>,
    pub stripe: StripeKeys,
    pub paypay: PaypayKeys,
    /// Who gives the receipt: the line under the city's name.
    pub issuer: String,
    /// The registration number for consumption tax (T and 13 digits), if the city has one.
    pub tax_number: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefundRule {
    pub days: i64,
    pub percent: u8,
}

/// Either value can be a file: `@/run/secrets/stripe`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StripeKeys {
    pub secret_key: String,
    pub webhook_secret: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PaypayKeys {
    pub api_key: String,
    pub api_secret: String,
    pub merchant_id: String,
}

impl Default for PaymentSettings {
    fn default() -> Self {
        Self {
            providers: Vec::new(),
            link_minutes: 30,
            check_seconds: 60,
            approval: false,
            refund: Vec::new(),
            stripe: StripeKeys::default(),
            paypay: PaypayKeys::default(),
            issuer: String::new(),
            tax_number: String::new(),
        }
    }
}

impl PaymentSettings {
    /// What goes back of a price when it is cancelled so many days before.
    pub fn refund(&self, price: Yen, days_before: i64) -> Yen {
        if self.refund.is_empty() {
            return price;
        }
        let fitting = self.refund.iter().filter(|rule| rule.days <= days_before).max_by_key(|rule| rule.days);
        fitting.map_or(Yen::ZERO, |rule| price.percent(rule.percent))
    }

    /// What is wrong with them, if anything is.
    pub fn problem(&self) -> Option<String> {
        if let Some(unknown) = self.providers.iter().find(|name| !["stripe", "paypay", "sandbox"].contains(&name.as_str())) {
            return Some(format!("[payments] providers: `{unknown}` is not known; there are stripe, paypay, sandbox"));
        }
        if let Some(rule) = self.refund.iter().find(|rule| rule.percent > 100 || rule.days < 0) {
            return Some(format!("[payments] refund: {} days before, {} percent: percent goes from 0 to 100, days from 0", rule.days, rule.percent));
        }
        if !(1..=1_440).contains(&self.link_minutes) {
            return Some(format!("[payments] link_minutes must be from 1 to 1440, not {}", self.link_minutes));
        }
        if !(1..=3_600).contains(&self.check_seconds) {
            return Some(format!("[payments] check_seconds must be from 1 to 3600, not {}", self.check_seconds));
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_back_follows_the_days_before() {
        let price = Yen::new(2_400).expect("fine");
        let rule = |days, percent| RefundRule { days, percent };
        let city = PaymentSettings { refund: vec![rule(1, 50), rule(7, 100)], ..PaymentSettings::default() };
        let back: Vec<i64> = [30, 7, 6, 1, 0, -3].into_iter().map(|days| city.refund(price, days).get()).collect();
        assert_eq!(back, [2_400, 2_400, 1_200, 1_200, 0, 0]);
        assert_eq!(PaymentSettings::default().refund(price, 0), price);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let city = PaymentSettings { providers: vec!["striep".to_owned()], ..PaymentSettings::default() };
        assert!(city.problem().is_some_and(|text| text.contains("striep")));
        let city = PaymentSettings { refund: vec![RefundRule { days: 1, percent: 101 }], ..PaymentSettings::default() };
        assert!(city.problem().is_some());
        assert_eq!(PaymentSettings::default().problem(), None);
    }
}
