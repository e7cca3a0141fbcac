
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0001_initial'),
        ('clients', '0002_sameness_merges_and_consent'),
        ('sales', '0002_defaults'),
        ('staff', '0002_defaults'),
    ]

    operations = [
        migrations.CreateModel(
            name='Goal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField()),
                ('amount_minor', models.BigIntegerField()),
                ('created_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
            ],
        ),
        migrations.AddIndex(
            model_name='deal',
            index=models.Index(condition=models.Q(('closed_date__isnull', False)), fields=['closed_date', 'status', 'owner', 'reporting_minor', 'opened_date', 'source', 'is_restricted'], name='deal_closed'),
        ),
        migrations.AddField(
            model_name='goal',
            name='person',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='staff.person'),
        ),
        migrations.AddConstraint(
            model_name='goal',
            constraint=models.UniqueConstraint(fields=('person', 'month'), name='one_goal_per_person_and_month'),
        ),
        migrations.AddConstraint(
            model_name='goal',
            constraint=models.UniqueConstraint(condition=models.Q(('person__isnull', True)), fields=('month',), name='one_goal_together_per_month'),
        ),
    ]
