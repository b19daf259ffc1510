use crate::message::{clear, media};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use voice::{Frame, Leg, Packet};

/// The sound of a call over a WebSocket.
pub(crate) struct SocketLeg {
    pub stream: String,
    pub heard: UnboundedReceiver<Packet>,
    pub said: UnboundedSender<String>,
    /// Whether the last thing we sent was sound: silence is sent by sending nothing.
    pub sounding: bool,
}

impl Leg for SocketLeg {
    fn receive(&mut self, sink: &mut dyn FnMut(Packet)) {
        while let Ok(packet) = self.heard.try_recv() {
            sink(packet);
        }
    }

    fn send(&mut self, frame: &Frame) {
        let sound = frame.iter().any(|sample| *sample != 0);
        // The silence between two sentences belongs to them; later silence is not worth a message.
        if sound || self.sounding {
            let _ = self.said.send(media(&self.stream, frame));
        }
        self.sounding = sound;
    }

    fn hush(&mut self) {
        let _ = self.said.send(clear(&self.stream));
    }
}
