//! Webhooks, signed and sent; bounded in count and in how many are under way.

use crate::platform::Platform;
use aws_lc_rs::hmac;
use e2e::{Http, base64};
use futures_util::{StreamExt, stream};
use hyper::Method;
use serde_json::json;
use std::{
    net::SocketAddr,
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

#[derive(Clone, Copy)]
pub enum Kind {
    /// A tapped choice: no understanding.
    Postback,
    /// Words that nobody has said before.
    Text,
}

pub struct Load {
    http: Http,
    platform: Platform,
    key: hmac::Key,
    next: AtomicUsize,
}

/// Residents who talk at the same time.
const USERS: usize = 600;

impl Load {
    pub fn new(address: SocketAddr, platform: Platform) -> Self {
        Self { http: Http::new(address), platform, key: hmac::Key::new(hmac::HMAC_SHA256, b"demo-secret"), next: AtomicUsize::new(0) }
    }

    async fn send(&self, kind: Kind) -> anyhow::Result<(String, Instant)> {
        self.say(kind, None).await
    }

    /// One message; with these words, if there are any.
    pub async fn say(&self, kind: Kind, own: Option<&str>) -> anyhow::Result<(String, Instant)> {
        let n = self.next.fetch_add(1, Ordering::Relaxed);
        let token = format!("token-{n}");
        let mut event = json!({
            "type": "message", "mode": "active", "timestamp": 1_700_000_000_000_i64 + n as i64, "webhookEventId": format!("bench-{n}"),
            "deliveryContext": { "isRedelivery": false }, "source": { "type": "user", "userId": format!("U{:032x}", n % USERS) }, "replyToken": token,
        });
        match kind {
            Kind::Postback => {
                event["type"] = json!("postback");
                event["postback"] = json!({ "data": "do:waste.sort?item=燃やすごみ/生ごみ" });
            }
            Kind::Text => {
                let words = ["冷蔵庫の裏から出てきた", "祖母にもらった", "引っ越しで余った", "こわれてしまった", "半分だけ使った"];
                let things = ["フライパン", "乾電池", "毛布", "傘", "新聞", "やかん", "蛍光灯"];
                let text = format!("{}{}、{n}個あるんですが捨て方を教えてください", words[n % words.len()], things[n / 5 % things.len()]);
                event["message"] = json!({ "type": "text", "id": n.to_string(), "text": own.unwrap_or(&text) });
            }
        }
        let body = json!({ "destination": "U", "events": [event] }).to_string();
        let signature = base64(hmac::sign(&self.key, body.as_bytes()).as_ref());
        let sent = Instant::now();
        let headers = [("x-line-signature", signature.as_str()), ("content-type", "application/json")];
        let answer = self.http.send(Method::POST, "/line/aoba/webhook", &headers, body.into()).await?;
        anyhow::ensure!(answer.status == 200, "{}", answer.text());
        Ok((token, sent))
    }

    /// Turns a second, from the first webhook to the last reply.
    pub async fn throughput(&self, kind: Kind, count: usize, under_way: usize) -> anyhow::Result<f64> {
        let before = self.platform.count();
        let began = Instant::now();
        let mut sending = stream::iter(0..count).map(|_| self.send(kind)).buffer_unordered(under_way);
        while let Some(sent) = sending.next().await {
            sent?;
        }
        self.platform.wait(before + count).await;
        Ok(count as f64 / began.elapsed().as_secs_f64())
    }

    /// Median and 99th percentile in milliseconds at a steady rate.
    pub async fn latency(&self, per_second: u64, count: usize) -> anyhow::Result<(f64, f64)> {
        let before = self.platform.count();
        let mut clock = tokio::time::interval(Duration::from_micros(1_000_000 / per_second));
        let mut under_way = stream::FuturesUnordered::new();
        let mut sent = Vec::with_capacity(count);
        for n in 0..count {
            clock.tick().await;
            under_way.push(self.send(if n % 2 == 0 { Kind::Postback } else { Kind::Text }));
            while let Some(Some(done)) = futures_util::FutureExt::now_or_never(under_way.next()) {
                sent.push(done?);
            }
        }
        while let Some(done) = under_way.next().await {
            sent.push(done?);
        }
        self.platform.wait(before + count).await;
        let mut times: Vec<f64> = sent
            .iter()
            .filter_map(|(token, at)| Some((self.platform.arrival(token)? - *at).as_secs_f64() * 1_000.0))
            .collect();
        times.sort_by(f64::total_cmp);
        Ok((times[times.len() / 2], times[times.len() * 99 / 100]))
    }
}
