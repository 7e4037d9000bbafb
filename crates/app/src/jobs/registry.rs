//! Every job and where it runs. A new one is a line here.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use passwright_domain::delivery::Channel;
use tokio::sync::watch;

use super::{hear_other_nodes, keep_keys, watch_for_restore};
use crate::Service;
use crate::deliveries::{Encode, send_deliveries};

/// A loop that ends when it is told to stop.
pub type Job = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The jobs of a process. `works`: it carries out password changes, and tells of them too.
#[must_use]
pub fn jobs(service: &Arc<Service>, works: bool, encode: Encode, stop: &watch::Receiver<bool>) -> Vec<Job> {
    let mut jobs =
        vec![job(keep_keys(service.clone(), stop.clone())), job(watch_for_restore(service.clone(), stop.clone()))];
    if works {
        jobs.push(job(hear_other_nodes(service.clone(), stop.clone())));
        jobs.push(job(send_deliveries(service.clone(), Channel::Webhook, encode, stop.clone())));
    }
    if works && service.sends_mail() {
        jobs.push(job(send_deliveries(service.clone(), Channel::Mail, encode, stop.clone())));
    }
    jobs
}

fn job(run: impl Future<Output = ()> + Send + 'static) -> Job {
    Box::pin(run)
}
