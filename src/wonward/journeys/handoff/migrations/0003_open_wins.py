import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('handoff', '0002_client_updates'),
        ('sales', '0003_goals_and_closed_deals'),
    ]

    operations = [
        migrations.CreateModel(
            name='OpenWin',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('won_at', models.DateTimeField()),
                ('deal', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='sales.deal')),
            ],
            options={
                'indexes': [models.Index(fields=['-won_at', '-id'], name='open_win_newest')],
            },
        ),
    ]
