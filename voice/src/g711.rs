use audio_codec_algorithms::{decode_alaw, decode_ulaw, encode_alaw, encode_ulaw};

/// The two laws of G.711: one byte a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Law {
    /// μ-law, as in Japan and North America.
    Mu,
    A,
}

impl Law {
    /// The static payload type of RFC 3551.
    pub fn payload_type(self) -> u8 {
        match self {
            Law::Mu => 0,
            Law::A => 8,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Law::Mu => "PCMU",
            Law::A => "PCMA",
        }
    }

    pub fn encode(self, samples: &[i16]) -> Vec<u8> {
        let encode = match self {
            Law::Mu => encode_ulaw,
            Law::A => encode_alaw,
        };
        samples.iter().map(|sample| encode(*sample)).collect()
    }

    pub fn decode(self, bytes: &[u8]) -> Vec<i16> {
        let decode = match self {
            Law::Mu => decode_ulaw,
            Law::A => decode_alaw,
        };
        bytes.iter().map(|byte| decode(*byte)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_comes_back_within_the_laws_own_steps() {
        for law in [Law::Mu, Law::A] {
            for sample in (i16::MIN..=i16::MAX).step_by(37) {
                let back = law.decode(&law.encode(&[sample]))[0];
                let error = (i32::from(back) - i32::from(sample)).abs();
                // Sixteen steps to each doubling, and the top is clipped.
                assert!(error <= (i32::from(sample).abs() / 16).max(16) + 8, "{law:?} {sample} came back as {back}");
            }
        }
    }

    #[test]
    fn silence_has_the_code_that_the_standard_gives_it() {
        assert_eq!(Law::Mu.encode(&[0]), [0xff]);
        assert_eq!(Law::A.encode(&[0]), [0xd5]);
    }
}
